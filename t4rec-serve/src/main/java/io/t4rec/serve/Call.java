package io.t4rec.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A way to ask for recommendations: reads a body as the model's input. */
interface Call {
    /** Items a session when a request doesn't say how many. */
    int DEFAULT_K = 20;

    /** Most items a session that a request may ask for. */
    int MAX_K = 10_000;

    /** @throws RequestException when the body doesn't fit the model */
    Question read(ServedModel model, ObjectNode body);
}

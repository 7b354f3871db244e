package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.model.Recommendation.ScoredItem;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks, and how it wants to be told.
 *
 * @param sessions at least one
 * @param timeout that the client sets for itself; null for the server's
 * @param ranked whether items are asked for; else each session has none
 * @param answer writes the items of each session, in order of the sessions
 */
record Question(
        List<SessionRequest> sessions,
        @Nullable Duration timeout,
        boolean ranked,
        Function<List<List<ScoredItem>>, JsonNode> answer) {}

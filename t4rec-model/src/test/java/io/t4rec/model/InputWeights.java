package io.t4rec.model;

import io.t4rec.tensor.Tensor;
import java.util.Map;

/** Weights of golden inputs by our names. */
public final class InputWeights {
    private InputWeights() {}

    public static Map<String, Tensor> of(GoldenCase golden) {
        return OriginalWeights.renamedInputs(golden.startingWith("w."));
    }
}

package io.t4rec.model.input;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.tensor.Tensor;
import java.util.SortedMap;

/** Changes features but not their shapes, such as noise, normalisation or dropout. Register your own in {@link TransformationRegistry}. */
public abstract class FeatureTransformation extends Module {
    /**
     * Transforms features.
     *
     * @param features by name. Before embedding: ids (INT64) and numbers, {@code [B, L]}, or {@code [B]} for columns of the context;
     *     after it: {@code [B, L, width]} or {@code [B, width]}
     * @param real which positions hold an event, {@code [B, L]}, BOOL
     */
    public abstract SortedMap<String, Tensor> forward(SortedMap<String, Tensor> features, Tensor real, Pass pass);
}

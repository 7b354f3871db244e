package io.t4rec.nn.transformer;

import io.t4rec.tensor.Generator;

/**
 * Immutable description of a body: a record per architecture, with the component names of its Hugging Face configuration in
 * camel case, validated on construction.
 */
public interface TransformerConfig {
    /** The architecture's name, for instance {@code gpt2}. */
    String modelType();

    /** A body with freshly initialised weights. */
    TransformerBody create(Generator generator);
}

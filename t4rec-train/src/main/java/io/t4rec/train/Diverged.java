package io.t4rec.train;

import io.t4rec.schema.ConfigException;

/** The refusal of a model whose training has diverged, in the words in which the ranking of items refuses one. */
final class Diverged {
    private Diverged() {}

    /** @param what is no number */
    static ConfigException of(String what) {
        return new ConfigException(
                "model: " + what + " is no number (expected: a number; its training has diverged: train"
                        + " again with a lower training.learningRate, or with training.clipNorm)");
    }
}

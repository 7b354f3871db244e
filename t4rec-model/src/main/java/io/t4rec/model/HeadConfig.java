package io.t4rec.model;

import io.t4rec.schema.ConfigException;

/**
 * How hidden states become scores of items.
 *
 * @param weightTying whether the output layer is the item embedding; default true
 * @param temperature divides the scores in training; default 1
 * @param labelSmoothing share of the target's weight spread over all items; default 0
 * @param firstItem smallest id that is an item; the ids below pad, stand for null or unknown, and are never recommended;
 *     default 3
 */
public record HeadConfig(boolean weightTying, double temperature, double labelSmoothing, long firstItem) {
    /** @throws ConfigException for values out of range */
    public HeadConfig {
        if (!(temperature > 0) || !(labelSmoothing >= 0 && labelSmoothing < 1) || firstItem < 0) {
            throw new ConfigException("head: temperature " + temperature + ", labelSmoothing " + labelSmoothing
                    + ", firstItem " + firstItem + " (expected: > 0, 0 <= smoothing < 1, >= 0)");
        }
    }

    /** Tied, no smoothing. */
    public static HeadConfig defaults() {
        return new HeadConfig(true, 1, 0, 3);
    }
}

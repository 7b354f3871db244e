package io.t4rec.model;

import io.t4rec.schema.ConfigException;

/**
 * How hidden states become scores of items.
 *
 * @param weightTying whether the output layer is the item embedding; default true
 * @param temperature divides the scores in training; default 1
 * @param labelSmoothing share of the target's weight spread over all items, with the loss softmax alone; default 0
 * @param firstItem smallest id that is an item; the ids below pad, stand for null or unknown, and are never recommended;
 *     default 3, in place of which models take where the workflow has the items' ids begin
 * @param loss what is minimised; default softmax over all items, also where a file of an earlier version has no such key
 */
public record HeadConfig(
        boolean weightTying, double temperature, double labelSmoothing, long firstItem, LossConfig loss) {
    /** @throws ConfigException for values out of range */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public HeadConfig {
        loss = loss == null ? LossConfig.defaults() : loss;
        if (!(temperature > 0) || !(labelSmoothing >= 0 && labelSmoothing < 1) || firstItem < 0) {
            throw new ConfigException("head: temperature " + temperature + ", labelSmoothing " + labelSmoothing
                    + ", firstItem " + firstItem + " (expected: > 0, 0 <= smoothing < 1, >= 0)");
        }
        if (labelSmoothing > 0 && loss.drawsNegatives()) {
            throw new ConfigException("head.labelSmoothing: " + labelSmoothing + " (expected: 0 with loss "
                    + loss.kind() + ", which doesn't compare all items; or loss softmax)");
        }
    }

    /** Tied, no smoothing, softmax over all items. */
    public static HeadConfig defaults() {
        return new HeadConfig(true, 1, 0, 3, LossConfig.defaults());
    }

    /** The same where other ids are items. */
    HeadConfig withFirstItem(long other) {
        return new HeadConfig(weightTying, temperature, labelSmoothing, other, loss);
    }

    /** The same with another loss. */
    public HeadConfig withLoss(LossConfig other) {
        return new HeadConfig(weightTying, temperature, labelSmoothing, firstItem, other);
    }
}

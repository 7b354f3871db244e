package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.nn.sampling.NegativeSampler;
import io.t4rec.nn.sampling.Negatives;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A batch with its masking, and with its negatives where the loss wants some: drawn once for all rows, so that splitting the rows among
 * workers doesn't change it.
 *
 * @param batch as the model sees it: where masking puts other events in place of some, they stand there
 * @param negatives null where targets are compared with all items
 * @param chances a uniform number from 0 to below 1 for each target, by which an item is drawn in its place; null where none is
 */
public record MaskedBatch(
        SequenceBatch batch,
        MaskedSequences masked,
        @Nullable Negatives negatives,
        double @Nullable [] chances) {
    /** A batch whose targets are compared with all items. */
    public MaskedBatch(SequenceBatch batch, MaskedSequences masked) {
        this(batch, masked, null, null);
    }

    public int rowCount() {
        return batch.rowCount();
    }

    /** Number of positions that predict. */
    public int targetCount() {
        return masked.positions().length;
    }

    /** What the losses of all targets count for together: what their sum is divided by. */
    public double targetWeight() {
        return masked.totalWeight();
    }

    /** The same with negatives for all its targets; it must have a target. */
    public MaskedBatch withNegatives(NegativeSampler sampler, RandomGenerator random) {
        long[] targets = Arrays.copyOf(masked.targets(), targetCount());
        return new MaskedBatch(batch, masked, sampler.draw(targets, random), chances);
    }

    /** The same with a chance for each target. */
    MaskedBatch withChances(RandomGenerator random) {
        return new MaskedBatch(
                batch, masked, negatives, random.doubles(targetCount()).toArray());
    }
}

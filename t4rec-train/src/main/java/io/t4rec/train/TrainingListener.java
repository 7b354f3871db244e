package io.t4rec.train;

import java.util.Map;

/** Hears of training as it goes on; called on the training thread. One concern each. */
public interface TrainingListener {
    /**
     * A batch is done.
     *
     * @param step batches so far, from 1
     * @param totalSteps batches of the whole run
     * @param loss mean over the batch's targets
     * @param learningRate of this step
     * @param sequences rows of the batch
     * @param figures what the task tells beside its loss, by name, over the batch; empty for most
     */
    record Step(
            long step,
            long totalSteps,
            int epoch,
            double loss,
            double learningRate,
            int sequences,
            Map<String, Double> figures) {
        /** Of a task that tells nothing beside its loss. */
        public Step(long step, long totalSteps, int epoch, double loss, double learningRate, int sequences) {
            this(step, totalSteps, epoch, loss, learningRate, sequences, Map.of());
        }
    }

    /**
     * An epoch is done.
     *
     * @param epoch from 0
     * @param loss mean over its batches
     * @param seconds without evaluation
     * @param metrics of the validation sequences by label; empty without
     * @param best whether the metric that decides is the best so far
     * @param figures what the task tells beside its loss, by name, over the epoch; empty for most
     */
    record Epoch(
            int epoch,
            double loss,
            double seconds,
            Map<String, Double> metrics,
            boolean best,
            Map<String, Double> figures) {
        @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
        public Epoch {
            figures = figures == null ? Map.of() : figures;
        }

        /** Of a task that tells nothing beside its loss. */
        public Epoch(int epoch, double loss, double seconds, Map<String, Double> metrics, boolean best) {
            this(epoch, loss, seconds, metrics, best, Map.of());
        }
    }

    default void onStep(Step step) {}

    default void onEpoch(Epoch epoch) {}
}

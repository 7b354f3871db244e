package io.t4rec.train;

import io.t4rec.nn.optim.LearningRateSchedule;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.schema.ConfigException;

/**
 * How a model is trained.
 *
 * @param epochs passes over the data; default 10
 * @param batchSize sequences a batch; default 128
 * @param learningRate base rate; default 1e-3
 * @param optimizer adamw, adam, sgd or adagrad; default adam
 * @param weightDecay default 0
 * @param schedule a name of {@link LearningRateSchedule.Kind}; default constant
 * @param warmupSteps steps in which the rate rises from zero; default 0
 * @param clipNorm largest norm of the gradient; 0 for no bound
 * @param gradientAccumulation batches summed up for one step of the optimiser; default 1
 * @param threads workers that share a batch; 0 for one a core
 * @param seed of masking, dropout and order
 * @param patience epochs without a better validation metric after which training ends; 0 for never
 * @param checkpointSteps steps between checkpoints; 0 for one an epoch
 */
public record TrainingConfig(
        int epochs,
        int batchSize,
        double learningRate,
        String optimizer,
        double weightDecay,
        String schedule,
        long warmupSteps,
        double clipNorm,
        int gradientAccumulation,
        int threads,
        long seed,
        int patience,
        long checkpointSteps) {
    private static final int MAX_THREADS = 1_024;

    /** @throws ConfigException for values out of range or unknown names */
    public TrainingConfig {
        atLeast("training.epochs", epochs, 1);
        atLeast("training.batchSize", batchSize, 1);
        atLeast("training.gradientAccumulation", gradientAccumulation, 1);
        atLeast("training.warmupSteps", warmupSteps, 0);
        atLeast("training.patience", patience, 0);
        atLeast("training.checkpointSteps", checkpointSteps, 0);
        if (threads < 0 || threads > MAX_THREADS) {
            throw new ConfigException("training.threads: " + threads + " (expected: 0 to " + MAX_THREADS + ")");
        }
        if (!(learningRate > 0) || !(weightDecay >= 0) || !(clipNorm >= 0)) {
            throw new ConfigException("training: learningRate " + learningRate + ", weightDecay " + weightDecay
                    + ", clipNorm " + clipNorm + " (expected: > 0, >= 0, >= 0)");
        }
        try {
            OptimizerConfig.Kind.of(optimizer);
            LearningRateSchedule.Kind.of(schedule);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("training." + e.getMessage(), e);
        }
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new ConfigException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    /** Adam at 1e-3, ten epochs of batches of 128, one thread a core. */
    public static TrainingConfig defaults() {
        return new TrainingConfig(10, 128, 1e-3, "adam", 0, "constant", 0, 0, 1, 0, 1, 0, 0);
    }

    int workers() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    OptimizerConfig optimizerConfig() {
        return OptimizerConfig.of(OptimizerConfig.Kind.of(optimizer)).withWeightDecay(weightDecay);
    }

    LearningRateSchedule scheduleOver(long totalSteps) {
        return new LearningRateSchedule(LearningRateSchedule.Kind.of(schedule), warmupSteps, totalSteps, 0.5);
    }
}

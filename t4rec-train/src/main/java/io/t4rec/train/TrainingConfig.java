package io.t4rec.train;

import io.t4rec.data.LoaderConfig;
import io.t4rec.nn.Pass;
import io.t4rec.nn.optim.LearningRateSchedule;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.nn.optim.TableUpdate;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Native;
import java.util.Map;

/**
 * How a model is trained. {@link #defaults()} and {@link #edit()} set some values and leave the others. What concerns the reading of
 * sequences (batch size, order, reversal) is in {@link #loading}, with which the loader is opened.
 *
 * @param epochs passes over the data; default 10
 * @param maxSteps steps of the optimiser after which training ends, in place of {@code epochs}; default 0: epochs count
 * @param batchSize sequences a batch; default 128
 * @param learningRate base rate; default 1e-3
 * @param optimizer adamw, adam, sgd or adagrad; default adam
 * @param tableOptimizer how item tables are updated when a sampled loss leaves most rows without a gradient; default auto.
 *     <ul>
 *       <li>dense: as all other parameters, every row at every step
 *       <li>lazy: by {@code optimizer}, but only the rows that have a gradient ({@link TableUpdate#LAZY})
 *       <li>row-adagrad: row-wise Adagrad, one number of state for a row ({@link TableUpdate#ROW_ADAGRAD})
 *       <li>auto: lazy from 100,000 rows with a sampled loss and no {@code averaging}, else dense
 *     </ul>
 *     The full softmax gives every row a gradient: lazy is the same as dense then, and auto is dense
 * @param momentum of sgd, {@code 0 <= momentum < 1}; default 0: none
 * @param weightDecay default 0; with lazy and row-adagrad, rows without a gradient don't decay
 * @param schedule a name of {@link LearningRateSchedule.Kind}; default constant
 * @param scheduleCycles cycles of the cosine forms over the whole run; default 0: half a one (cosine), one (with restarts)
 * @param warmupSteps steps in which the rate rises from zero; default 0
 * @param clipNorm largest norm of the gradient; default 0: no bound
 * @param gradientAccumulation batches summed up for one step of the optimiser; default 1
 * @param threads workers that share a batch, each with gradients of its own; default 0: one a core. The result depends on it, so a
 *     run that goes on needs the same number. At most 1,024, and never more than the batch has sequences; no more of them run at a
 *     time than there are cores
 * @param seed of masking, dropout and order; default 1
 * @param patience epochs without a better validation metric after which training ends; default 0: never
 * @param checkpointSteps batches between checkpoints; default 0: one an epoch
 * @param precision of the matrix products of the body and of the softmax over the catalogue: float32, or bfloat16 or float16 for mixed
 *     precision, where weights, sums, norms, the optimiser and LSTM bodies stay float32; with float16 losses are scaled so that gradients don't
 *     vanish, and a step whose gradients overflow is left out; default float32
 * @param gradientCheckpointing whether the inside of each block of the body is computed anew in the backward pass in place of being
 *     kept: less memory for long sequences and many layers, the same gradients; recurrent bodies have no blocks; default false
 * @param averaging decay of an exponential moving average of the weights over the steps, which is what is evaluated and kept; 0.999
 *     averages some thousand steps. It goes through all weights at each step, so item tables must be updated dense; default 0: none
 * @param reversal probability that a training sequence is read backwards in an epoch, which makes more of short sessions in which
 *     what was looked at together counts more than in which order; 0.5 reads both ways alike, at the cost of more epochs. 0 to 1,
 *     default 0
 * @param device where the model is trained and evaluated: cpu, cuda or cuda:N, counted from 0; on CUDA devices one worker has the whole
 *     batch, whatever {@code threads} says; default cpu
 */
public record TrainingConfig(
        int epochs,
        long maxSteps,
        int batchSize,
        double learningRate,
        String optimizer,
        String tableOptimizer,
        double momentum,
        double weightDecay,
        String schedule,
        double scheduleCycles,
        long warmupSteps,
        double clipNorm,
        int gradientAccumulation,
        int threads,
        long seed,
        int patience,
        long checkpointSteps,
        String precision,
        boolean gradientCheckpointing,
        double averaging,
        double reversal,
        String device) {
    private static final int MAX_THREADS = 1_024;
    private static final Map<String, DataType> PRECISIONS =
            Map.of("float32", DataType.FLOAT32, "bfloat16", DataType.BFLOAT16, "float16", DataType.FLOAT16);
    private static final String AUTO = "auto";
    /** Rows from which auto is lazy: below, updating all of them costs no more than collecting those that were used. */
    static final long LAZY_ROWS = 100_000;

    /** @throws ConfigException for values out of range or unknown names */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public TrainingConfig {
        device = device == null ? "cpu" : device;
        atLeast("training.epochs", epochs, 1);
        atLeast("training.maxSteps", maxSteps, 0);
        atLeast("training.batchSize", batchSize, 1);
        atLeast("training.gradientAccumulation", gradientAccumulation, 1);
        atLeast("training.warmupSteps", warmupSteps, 0);
        atLeast("training.patience", patience, 0);
        atLeast("training.checkpointSteps", checkpointSteps, 0);
        if (threads < 0 || threads > MAX_THREADS) {
            throw new ConfigException("training.threads: " + threads + " (expected: 0 to " + MAX_THREADS + ")");
        }
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("training.learningRate: " + learningRate + " (expected: > 0)");
        }
        finite("training.weightDecay", weightDecay);
        finite("training.clipNorm", clipNorm);
        finite("training.scheduleCycles", scheduleCycles);
        if (!(averaging >= 0 && averaging < 1)) {
            throw new ConfigException("training.averaging: " + averaging + " (expected: 0 <= decay < 1)");
        }
        if (!(reversal >= 0 && reversal <= 1)) {
            throw new ConfigException("training.reversal: " + reversal + " (expected: 0 to 1)");
        }
        if (precision == null || !PRECISIONS.containsKey(precision)) {
            throw new ConfigException("training.precision: " + precision + " (expected: one of "
                    + PRECISIONS.keySet().stream().sorted().toList() + ")");
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new ConfigException("training.momentum: " + momentum + " (expected: 0 <= momentum < 1)");
        }
        try {
            OptimizerConfig.Kind kind = OptimizerConfig.Kind.of(optimizer);
            if (momentum > 0 && kind != OptimizerConfig.Kind.SGD) {
                throw new ConfigException("training.momentum: " + momentum + " (expected: 0 with optimizer " + optimizer
                        + ", or optimizer sgd)");
            }
            checkTableOptimizer(tableOptimizer);
            LearningRateSchedule.Kind.of(schedule);
            Device.parse(device);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("training." + e.getMessage(), e);
        }
    }

    private static void checkTableOptimizer(String name) {
        if (!AUTO.equals(name)) {
            TableUpdate.of(name);
        }
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new ConfigException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    private static void finite(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new ConfigException(name + ": " + value + " (expected: >= 0)");
        }
    }

    /** Adam at 1e-3, ten epochs of batches of 128, one thread a core. */
    public static TrainingConfig defaults() {
        return new TrainingConfigEditor().build();
    }

    /** These values, to be changed one by one. */
    public TrainingConfigEditor edit() {
        return new TrainingConfigEditor(this);
    }

    /**
     * The device of {@link #device}.
     *
     * @throws ConfigException when this build or machine has none such
     */
    public Device requireDevice() {
        return requireDevice("training.device", device);
    }

    /**
     * A device by its name.
     *
     * @param setting that names it, for the error
     * @throws ConfigException when it is no name of a device, or this build or machine has none such
     */
    public static Device requireDevice(String setting, String name) {
        Device found;
        try {
            found = Device.parse(name);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(setting + ": " + name + " (expected: cpu, cuda or cuda:N)", e);
        }
        if (!found.isPresent()) {
            int devices = Native.cudaDevices();
            throw new ConfigException(setting + ": " + name + " (expected: "
                    + (devices == 0
                            ? "cpu; this build or machine has no CUDA device: build with -Pgpu on a machine with one"
                            : "cpu, or cuda:0 to cuda:" + (devices - 1))
                    + ", see docs/gpu.md)");
        }
        return found;
    }

    /**
     * How training sequences are read.
     *
     * @param maxSequenceLength newest events kept of a row
     */
    public LoaderConfig loading(int maxSequenceLength) {
        return LoaderConfig.training(batchSize, maxSequenceLength, seed).withReversal(reversal);
    }

    int workers() {
        if (Device.parse(device).isCuda()) {
            return 1; // its operations run side by side already
        }
        return Math.min(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads, batchSize);
    }

    /**
     * How item tables are updated.
     *
     * @param rows of the item table
     * @param sampled whether the loss leaves most rows without a gradient
     * @throws ConfigException when few rows are asked to be updated but all to be averaged
     */
    TableUpdate tableUpdate(long rows, boolean sampled) {
        TableUpdate update = tableOptimizer.equals(AUTO)
                ? sampled && rows >= LAZY_ROWS && averaging == 0 ? TableUpdate.LAZY : TableUpdate.DENSE
                : TableUpdate.of(tableOptimizer);
        if (averaging > 0 && update != TableUpdate.DENSE) {
            throw new ConfigException(
                    "training.averaging: " + averaging + " (expected: 0, or training.tableOptimizer dense:"
                            + " averaging goes through all " + rows + " rows of the item table at each step)");
        }
        return update;
    }

    /** A training pass of one worker with these settings. */
    Pass pass(Generator generator) {
        Pass pass = Pass.training(generator).withPrecision(PRECISIONS.getOrDefault(precision, DataType.FLOAT32));
        return gradientCheckpointing ? pass.withRecomputation() : pass;
    }

    /** Whether gradients are kept in the range of float16. */
    boolean scalesLosses() {
        return PRECISIONS.get(precision) == DataType.FLOAT16;
    }

    OptimizerConfig optimizerConfig() {
        OptimizerConfig usual =
                OptimizerConfig.of(OptimizerConfig.Kind.of(optimizer)).withWeightDecay(weightDecay);
        return momentum > 0 ? usual.withMomentum(momentum) : usual;
    }

    /** Steps of the optimiser in an epoch: the last one may have fewer batches summed up. */
    long stepsPerEpoch(long batchesPerEpoch) {
        return (batchesPerEpoch + gradientAccumulation - 1) / gradientAccumulation;
    }

    LearningRateSchedule scheduleFor(long batchesPerEpoch) {
        LearningRateSchedule.Kind kind = LearningRateSchedule.Kind.of(schedule);
        double usual = kind == LearningRateSchedule.Kind.COSINE_WITH_RESTARTS ? 1 : 0.5;
        return new LearningRateSchedule(
                kind,
                warmupSteps,
                maxSteps > 0 ? maxSteps : epochs * stepsPerEpoch(batchesPerEpoch),
                scheduleCycles > 0 ? scheduleCycles : usual);
    }
}

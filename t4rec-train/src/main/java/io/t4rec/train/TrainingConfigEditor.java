package io.t4rec.train;

/** Changes single values of a {@link TrainingConfig}; each method is named and documented there. */
public final class TrainingConfigEditor {
    private int epochs = 10;
    private long maxSteps;
    private int batchSize = 128;
    private double learningRate = 1e-3;
    private String optimizer = "adam";
    private String tableOptimizer = "auto";
    private double momentum;
    private double weightDecay;
    private String schedule = "constant";
    private double scheduleCycles;
    private long warmupSteps;
    private double clipNorm;
    private int gradientAccumulation = 1;
    private int threads;
    private long seed = 1;
    private int patience;
    private long checkpointSteps;
    private String precision = "float32";
    private boolean gradientCheckpointing;
    private double averaging;
    private double reversal;
    private String device = "cpu";

    TrainingConfigEditor() {}

    TrainingConfigEditor(TrainingConfig config) {
        epochs = config.epochs();
        maxSteps = config.maxSteps();
        batchSize = config.batchSize();
        learningRate = config.learningRate();
        optimizer = config.optimizer();
        tableOptimizer = config.tableOptimizer();
        momentum = config.momentum();
        weightDecay = config.weightDecay();
        schedule = config.schedule();
        scheduleCycles = config.scheduleCycles();
        warmupSteps = config.warmupSteps();
        clipNorm = config.clipNorm();
        gradientAccumulation = config.gradientAccumulation();
        threads = config.threads();
        seed = config.seed();
        patience = config.patience();
        checkpointSteps = config.checkpointSteps();
        precision = config.precision();
        gradientCheckpointing = config.gradientCheckpointing();
        averaging = config.averaging();
        reversal = config.reversal();
        device = config.device();
    }

    public TrainingConfigEditor epochs(int value) {
        epochs = value;
        return this;
    }

    public TrainingConfigEditor maxSteps(long value) {
        maxSteps = value;
        return this;
    }

    public TrainingConfigEditor batchSize(int value) {
        batchSize = value;
        return this;
    }

    public TrainingConfigEditor learningRate(double value) {
        learningRate = value;
        return this;
    }

    public TrainingConfigEditor optimizer(String value) {
        optimizer = value;
        return this;
    }

    public TrainingConfigEditor tableOptimizer(String value) {
        tableOptimizer = value;
        return this;
    }

    public TrainingConfigEditor momentum(double value) {
        momentum = value;
        return this;
    }

    public TrainingConfigEditor weightDecay(double value) {
        weightDecay = value;
        return this;
    }

    public TrainingConfigEditor schedule(String value) {
        schedule = value;
        return this;
    }

    public TrainingConfigEditor scheduleCycles(double value) {
        scheduleCycles = value;
        return this;
    }

    public TrainingConfigEditor warmupSteps(long value) {
        warmupSteps = value;
        return this;
    }

    public TrainingConfigEditor clipNorm(double value) {
        clipNorm = value;
        return this;
    }

    public TrainingConfigEditor gradientAccumulation(int value) {
        gradientAccumulation = value;
        return this;
    }

    public TrainingConfigEditor threads(int value) {
        threads = value;
        return this;
    }

    public TrainingConfigEditor seed(long value) {
        seed = value;
        return this;
    }

    public TrainingConfigEditor patience(int value) {
        patience = value;
        return this;
    }

    public TrainingConfigEditor checkpointSteps(long value) {
        checkpointSteps = value;
        return this;
    }

    public TrainingConfigEditor precision(String value) {
        precision = value;
        return this;
    }

    public TrainingConfigEditor gradientCheckpointing(boolean value) {
        gradientCheckpointing = value;
        return this;
    }

    public TrainingConfigEditor averaging(double value) {
        averaging = value;
        return this;
    }

    public TrainingConfigEditor reversal(double value) {
        reversal = value;
        return this;
    }

    public TrainingConfigEditor device(String value) {
        device = value;
        return this;
    }

    /** @throws io.t4rec.schema.ConfigException for values out of range or unknown names */
    public TrainingConfig build() {
        return new TrainingConfig(
                epochs,
                maxSteps,
                batchSize,
                learningRate,
                optimizer,
                tableOptimizer,
                momentum,
                weightDecay,
                schedule,
                scheduleCycles,
                warmupSteps,
                clipNorm,
                gradientAccumulation,
                threads,
                seed,
                patience,
                checkpointSteps,
                precision,
                gradientCheckpointing,
                averaging,
                reversal,
                device);
    }
}

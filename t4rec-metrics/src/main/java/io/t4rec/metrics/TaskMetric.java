package io.t4rec.metrics;

import java.util.Arrays;
import java.util.List;

/** How good predictions of a target are. What each means for which kind of target is said at the {@link Tally} that gives it. */
public enum TaskMetric {
    ACCURACY("accuracy", false),
    PRECISION("precision", false),
    RECALL("recall", false),
    F1("f1", false),
    AUC("auc", false),
    LOG_LOSS("log-loss", true),
    MSE("mse", true),
    RMSE("rmse", true),
    MAE("mae", true);

    private static final String SEPARATOR = "/";

    private final String label;
    private final boolean lowerIsBetter;

    TaskMetric(String label, boolean lowerIsBetter) {
        this.label = label;
        this.lowerIsBetter = lowerIsBetter;
    }

    /** Its name: {@code log-loss}. */
    public String label() {
        return label;
    }

    /** Its name among those of several tasks: {@code click/log-loss}. */
    public String label(String task) {
        return task + SEPARATOR + label;
    }

    /** Whether a label is one of a task, as {@link #label(String)} gives it, rather than one of a ranking. */
    public static boolean isOfTask(String label) {
        return label.contains(SEPARATOR);
    }

    /** Whether smaller values are better of the metric with this label, that of a task or of a ranking. */
    public static boolean isLowerBetter(String label) {
        String own = label.substring(label.lastIndexOf(SEPARATOR) + 1);
        return Arrays.stream(values()).anyMatch(metric -> metric.label.equals(own) && metric.lowerIsBetter);
    }

    /** Of a yes or no. */
    public static List<TaskMetric> ofBinary() {
        return List.of(ACCURACY, PRECISION, RECALL, F1, AUC, LOG_LOSS);
    }

    /** Of one class of several. */
    public static List<TaskMetric> ofClasses() {
        return List.of(ACCURACY, PRECISION, RECALL, F1, LOG_LOSS);
    }

    /** Of a number. */
    public static List<TaskMetric> ofNumber() {
        return List.of(MSE, RMSE, MAE);
    }
}

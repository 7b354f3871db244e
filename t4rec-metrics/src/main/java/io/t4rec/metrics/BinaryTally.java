package io.t4rec.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Metrics of yes-or-no predictions: accuracy, precision, recall and F1 with yes predicted from probability 0.5 upward, the area under
 * the curve, and the log loss. Keeps 8 bytes a case, since the area is exact: by sorting, with ties counting half.
 *
 * <p>Where all labels are the same the area is not-a-number; precision and recall are 0 where nothing was predicted or nothing was to
 * be found.
 */
public final class BinaryTally implements Tally {
    private static final double THRESHOLD = 0.5;
    private static final int FIRST_CAPACITY = 256;

    private double[] yes = new double[FIRST_CAPACITY];
    private double[] no = new double[FIRST_CAPACITY];
    private int yesCount;
    private int noCount;
    private double logLoss;

    /**
     * Takes one case.
     *
     * @param probability of yes
     * @throws IllegalArgumentException for a probability outside 0 to 1
     */
    public void add(double probability, boolean label) {
        logLoss += BinaryMetrics.logLoss(probability, label);
        if (label) {
            yes = yesCount == yes.length ? Arrays.copyOf(yes, 2 * yesCount) : yes;
            yes[yesCount++] = probability;
        } else {
            no = noCount == no.length ? Arrays.copyOf(no, 2 * noCount) : no;
            no[noCount++] = probability;
        }
    }

    @Override
    public long cases() {
        return (long) yesCount + noCount;
    }

    /** Counts of right and wrong predictions. */
    public BinaryMetrics.Confusion confusion() {
        long found = Arrays.stream(yes, 0, yesCount).filter(p -> p >= THRESHOLD).count();
        long wrong = Arrays.stream(no, 0, noCount).filter(p -> p >= THRESHOLD).count();
        return new BinaryMetrics.Confusion(found, wrong, yesCount - found, noCount - wrong);
    }

    @Override
    public Map<TaskMetric, Double> metrics() {
        BinaryMetrics.Confusion counts = confusion();
        boolean any = cases() > 0;
        Map<TaskMetric, Double> metrics = new LinkedHashMap<>();
        metrics.put(TaskMetric.ACCURACY, any ? counts.accuracy() : Double.NaN);
        metrics.put(TaskMetric.PRECISION, any ? counts.precision() : Double.NaN);
        metrics.put(TaskMetric.RECALL, any ? counts.recall() : Double.NaN);
        metrics.put(TaskMetric.F1, any ? counts.f1() : Double.NaN);
        metrics.put(TaskMetric.AUC, BinaryMetrics.auc(Arrays.copyOf(yes, yesCount), Arrays.copyOf(no, noCount)));
        metrics.put(TaskMetric.LOG_LOSS, any ? logLoss / cases() : Double.NaN);
        return metrics;
    }
}

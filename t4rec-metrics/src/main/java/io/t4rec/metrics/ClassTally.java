package io.t4rec.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Metrics of predicted classes, the most probable one being the prediction: accuracy, log loss, and precision, recall and F1 as plain
 * means over the classes that occur among labels or predictions, 0 for a class where nothing was predicted or nothing was to be found.
 */
public final class ClassTally implements Tally {
    private final long[] right;
    private final long[] labelled;
    private final long[] predicted;
    private long cases;
    private double logLoss;

    /**
     * @param classes how many there are, at least 2
     * @throws IllegalArgumentException for fewer
     */
    public ClassTally(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException("classes: " + classes + " (expected: >= 2)");
        }
        right = new long[classes];
        labelled = new long[classes];
        predicted = new long[classes];
    }

    /**
     * Takes one case.
     *
     * @param probabilities holds those of all classes, one after another
     * @param from where they begin
     * @param label the right class, from 0
     * @throws IllegalArgumentException for a label or probability out of range
     */
    public void add(double[] probabilities, int from, int label) {
        if (label < 0 || label >= right.length) {
            throw new IllegalArgumentException("label: " + label + " (expected: 0 to " + (right.length - 1) + ")");
        }
        int best = 0;
        for (int i = 1; i < right.length; i++) {
            best = probabilities[from + i] > probabilities[from + best] ? i : best;
        }
        logLoss += BinaryMetrics.logLoss(probabilities[from + label], true);
        labelled[label]++;
        predicted[best]++;
        right[label] += best == label ? 1 : 0;
        cases++;
    }

    @Override
    public long cases() {
        return cases;
    }

    @Override
    public Map<TaskMetric, Double> metrics() {
        long hits = 0;
        int occurring = 0;
        double precision = 0;
        double recall = 0;
        double f1 = 0;
        for (int i = 0; i < right.length; i++) {
            hits += right[i];
            if (labelled[i] + predicted[i] > 0) {
                BinaryMetrics.Confusion one = new BinaryMetrics.Confusion(
                        right[i],
                        predicted[i] - right[i],
                        labelled[i] - right[i],
                        cases - labelled[i] - predicted[i] + right[i]);
                occurring++;
                precision += one.precision();
                recall += one.recall();
                f1 += one.f1();
            }
        }
        Map<TaskMetric, Double> metrics = new LinkedHashMap<>();
        metrics.put(TaskMetric.ACCURACY, mean(hits, cases));
        metrics.put(TaskMetric.PRECISION, mean(precision, occurring));
        metrics.put(TaskMetric.RECALL, mean(recall, occurring));
        metrics.put(TaskMetric.F1, mean(f1, occurring));
        metrics.put(TaskMetric.LOG_LOSS, mean(logLoss, cases));
        return metrics;
    }

    private static double mean(double sum, long count) {
        return count == 0 ? Double.NaN : sum / count;
    }
}

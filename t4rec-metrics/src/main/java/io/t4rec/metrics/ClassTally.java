package io.t4rec.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Metrics of predicted classes, the most probable one being the prediction: accuracy, log loss, and precision, recall and F1 as plain
 * means over the classes that occur among labels or predictions, 0 for a class where nothing was predicted or nothing was to be found.
 * Keeps 16 bytes a case.
 */
public final class ClassTally implements Tally {
    private final long[] right;
    private final long[] labelled;
    private final long[] predicted;
    /** Of each case the label, counted in classes, and what was predicted. */
    private final Cases outcomes = new Cases();

    private final Cases losses = new Cases();
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
        add(label, best, BinaryMetrics.logLoss(probabilities[from + label], true));
    }

    private void add(int label, int best, double loss) {
        outcomes.add((double) label * right.length + best);
        losses.add(loss);
        logLoss += loss;
        labelled[label]++;
        predicted[best]++;
        right[label] += best == label ? 1 : 0;
    }

    @Override
    public long cases() {
        return losses.count();
    }

    @Override
    public Tally resampled(RandomGenerator random) {
        ClassTally resampled = new ClassTally(right.length);
        for (int i = 0; i < losses.count(); i++) {
            int drawn = random.nextInt(losses.count());
            long outcome = (long) outcomes.get(drawn);
            resampled.add((int) (outcome / right.length), (int) (outcome % right.length), losses.get(drawn));
        }
        return resampled;
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
                        cases() - labelled[i] - predicted[i] + right[i]);
                occurring++;
                precision += one.precision();
                recall += one.recall();
                f1 += one.f1();
            }
        }
        Map<TaskMetric, Double> metrics = new LinkedHashMap<>();
        metrics.put(TaskMetric.ACCURACY, mean(hits, cases()));
        metrics.put(TaskMetric.PRECISION, mean(precision, occurring));
        metrics.put(TaskMetric.RECALL, mean(recall, occurring));
        metrics.put(TaskMetric.F1, mean(f1, occurring));
        metrics.put(TaskMetric.LOG_LOSS, mean(logLoss, cases()));
        return metrics;
    }

    private static double mean(double sum, long count) {
        return count == 0 ? Double.NaN : sum / count;
    }
}

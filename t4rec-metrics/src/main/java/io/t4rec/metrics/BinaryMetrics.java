package io.t4rec.metrics;

import java.util.Arrays;

/** How good predictions of yes or no are. Labels are true for yes; predictions are probabilities or, where it says so, scores. */
public final class BinaryMetrics {
    private static final double SMALLEST = 1e-15;

    private BinaryMetrics() {}

    /**
     * Counts at a threshold, with what follows from them.
     *
     * @param truePositives yes predicted, yes right
     * @param falsePositives yes predicted, no right
     * @param falseNegatives no predicted, yes right
     * @param trueNegatives no predicted, no right
     */
    public record Confusion(long truePositives, long falsePositives, long falseNegatives, long trueNegatives) {
        /** Share of the predicted yes that is right; 0 when none is predicted. */
        public double precision() {
            return share(truePositives, truePositives + falsePositives);
        }

        /** Share of the yes that is predicted; 0 when there is none. */
        public double recall() {
            return share(truePositives, truePositives + falseNegatives);
        }

        /** Harmonic mean of precision and recall; 0 when both are 0. */
        public double f1() {
            return share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);
        }

        /** Share of all cases that is right. */
        public double accuracy() {
            long right = truePositives + trueNegatives;
            return share(right, right + falsePositives + falseNegatives);
        }

        private static double share(long part, long whole) {
            return whole == 0 ? 0 : (double) part / whole;
        }
    }

    /**
     * Counts of right and wrong predictions; yes is predicted from the threshold upward.
     *
     * @throws IllegalArgumentException for lengths that differ or a prediction that is not a number
     */
    public static Confusion at(double threshold, double[] predictions, boolean[] labels) {
        check(predictions, labels.length);
        long[] counts = new long[4];
        for (int i = 0; i < labels.length; i++) {
            boolean yes = predictions[i] >= threshold;
            counts[labels[i] ? (yes ? 0 : 2) : (yes ? 1 : 3)]++;
        }
        return new Confusion(counts[0], counts[1], counts[2], counts[3]);
    }

    /**
     * Area under the receiver operating characteristic: how likely a yes scores above a no, ties counting half (Mann and
     * Whitney 1947).
     *
     * @param scores any numbers, higher for yes
     * @return from 0 to 1; not-a-number when all labels are the same
     * @throws IllegalArgumentException for lengths that differ or a score that is not a number
     */
    public static double auc(double[] scores, boolean[] labels) {
        check(scores, labels.length);
        double[] yes = new double[scores.length];
        double[] no = new double[scores.length];
        int yesCount = 0;
        int noCount = 0;
        for (int i = 0; i < scores.length; i++) {
            if (labels[i]) {
                yes[yesCount++] = scores[i];
            } else {
                no[noCount++] = scores[i];
            }
        }
        return auc(Arrays.copyOf(yes, yesCount), Arrays.copyOf(no, noCount));
    }

    /**
     * As {@link #auc(double[], boolean[])}, for scores that are numbers; sorts both arrays.
     *
     * @param yes scores of the cases with label yes
     * @param no scores of the others
     */
    static double auc(double[] yes, double[] no) {
        Arrays.setAll(yes, i -> yes[i] + 0.0); // + 0.0 makes of -0.0 its equal
        Arrays.setAll(no, i -> no[i] + 0.0);
        Arrays.sort(yes);
        Arrays.sort(no);
        double pairs = 0;
        int below = 0;
        int notAbove = 0;
        for (double score : yes) {
            while (below < no.length && no[below] < score) {
                below++;
            }
            notAbove = Math.max(notAbove, below);
            while (notAbove < no.length && no[notAbove] <= score) {
                notAbove++;
            }
            pairs += (below + (double) notAbove) / 2;
        }
        return yes.length == 0 || no.length == 0 ? Double.NaN : pairs / ((double) yes.length * no.length);
    }

    /**
     * Mean negative log-likelihood in nats, from 0. A probability of 0 or 1 counts as {@code 1e-15} off it, so that one sure
     * mistake doesn't make the mean infinite.
     *
     * @return not-a-number when there is no case
     * @throws IllegalArgumentException for lengths that differ or a prediction outside 0 to 1
     */
    public static double logLoss(double[] probabilities, boolean[] labels) {
        check(probabilities, labels.length);
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            if (probabilities[i] < 0 || probabilities[i] > 1) {
                throw new IllegalArgumentException(
                        "probability " + i + ": " + probabilities[i] + " (expected: 0 to 1)");
            }
            sum += logLoss(probabilities[i], labels[i]);
        }
        return sum / labels.length;
    }

    /** That of one case. */
    static double logLoss(double probability, boolean label) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability: " + probability + " (expected: 0 to 1)");
        }
        return -Math.log(Math.max(SMALLEST, label ? probability : 1 - probability));
    }

    /**
     * Root of the mean squared error of predicted numbers.
     *
     * @return not-a-number when there is no case
     * @throws IllegalArgumentException for lengths that differ or a prediction that is not a number
     */
    public static double rmse(double[] predictions, double[] targets) {
        check(predictions, targets.length);
        double sum = 0;
        for (int i = 0; i < targets.length; i++) {
            double error = predictions[i] - targets[i];
            sum += error * error;
        }
        return Math.sqrt(sum / targets.length);
    }

    private static void check(double[] predictions, int expected) {
        if (predictions.length != expected) {
            throw new IllegalArgumentException("predictions: " + predictions.length + " (expected: " + expected
                    + ", as many as there are labels)");
        }
        for (int i = 0; i < predictions.length; i++) {
            if (Double.isNaN(predictions[i])) {
                throw new IllegalArgumentException("prediction " + i + ": NaN (expected: a number)");
            }
        }
    }
}

package io.t4rec.metrics;

import java.util.stream.IntStream;

/** How good predictions of yes or no are. Labels are true for yes; predictions are probabilities or, where it says so, scores. */
public final class BinaryMetrics {
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
        int[] order = IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> Double.compare(scores[a] + 0.0, scores[b] + 0.0))
                .mapToInt(Integer::intValue)
                .toArray();
        double pairs = 0;
        long yes = 0;
        long no = 0;
        for (int start = 0; start < order.length; ) {
            int end = start;
            long tiedYes = 0;
            while (end < order.length && scores[order[end]] == scores[order[start]]) {
                tiedYes += labels[order[end++]] ? 1 : 0;
            }
            long tiedNo = end - start - tiedYes;
            pairs += tiedYes * (no + tiedNo / 2.0);
            yes += tiedYes;
            no += tiedNo;
            start = end;
        }
        return yes == 0 || no == 0 ? Double.NaN : pairs / ((double) yes * no);
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
            double p = probabilities[i];
            if (p < 0 || p > 1) {
                throw new IllegalArgumentException("probability " + i + ": " + p + " (expected: 0 to 1)");
            }
            sum -= Math.log(Math.max(1e-15, labels[i] ? p : 1 - p));
        }
        return sum / labels.length;
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

package io.t4rec.model.task;

import java.util.Arrays;

/**
 * What one task is to predict in a batch.
 *
 * @param rows where each session's cases begin; one more than there are sessions
 * @param values one a case, as {@link TaskOutput#target} gives them: not-a-number where a target is missing
 * @param weights how much each case counts; 0 where the target is missing
 * @param total what the sum of the weighted losses is divided by; 0 without a case
 */
record TaskTargets(int[] rows, double[] values, float[] weights, double total) {
    static TaskTargets of(int[] rows, double[] raw, TaskOutput output) {
        double[] values = new double[raw.length];
        float[] weights = new float[raw.length];
        int row = 0;
        for (int i = 0; i < raw.length; i++) {
            while (rows[row + 1] <= i) {
                row++;
            }
            values[i] = output.target(raw[i], row);
            weights[i] = Double.isNaN(values[i]) ? 0 : output.weight(values[i]);
        }
        return new TaskTargets(rows, values, weights, total(weights, 0, raw.length, output));
    }

    private static double total(float[] weights, int from, int to, TaskOutput output) {
        double total = 0;
        for (int i = from; i < to; i++) {
            total += weights[i] == 0 ? 0 : output.averagesOverWeights() ? weights[i] : 1;
        }
        return total;
    }

    /** What the weighted losses of some sessions are divided by for their mean. */
    double total(int from, int to, TaskOutput output) {
        return total(weights, rows[from], rows[to], output);
    }

    int from(int row) {
        return rows[row];
    }

    /** Values of some sessions as the loss takes them: 0 where a target is missing, since its weight is 0. */
    float[] values(int from, int to) {
        float[] out = new float[rows[to] - rows[from]];
        for (int i = 0; i < out.length; i++) {
            double value = values[rows[from] + i];
            out[i] = Double.isNaN(value) ? 0 : (float) value;
        }
        return out;
    }

    float[] weights(int from, int to) {
        return Arrays.copyOfRange(weights, rows[from], rows[to]);
    }
}

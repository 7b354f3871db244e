package io.t4rec.nn.transformer;

import io.t4rec.tensor.Tensor;
import java.util.Map;
import java.util.Objects;

/** Layers of a body in plain Java, one position at a time, on the weights of the body under test. */
final class Reference {
    private final Map<String, Tensor> weights;

    Reference(Map<String, Tensor> weights) {
        this.weights = weights;
    }

    boolean has(String name) {
        return weights.containsKey(name);
    }

    float[] values(String name) {
        return Objects.requireNonNull(weights.get(name), name).toFloats();
    }

    /** {@code W x + b}; without bias where the body has none. */
    double[] linear(String name, double[] x) {
        float[] weight = values(name + ".weight"); // (out, in)
        double[] y = new double[weight.length / x.length];
        float[] bias = has(name + ".bias") ? values(name + ".bias") : new float[y.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = bias[i];
            for (int j = 0; j < x.length; j++) {
                y[i] += weight[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    double[] norm(String name, double[] x, double epsilon) {
        float[] weight = values(name + ".weight");
        float[] bias = values(name + ".bias");
        double mean = 0;
        for (double value : x) {
            mean += value / x.length;
        }
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (x[i] - mean) / Math.sqrt(variance + epsilon) * weight[i] + bias[i];
        }
        return y;
    }

    double[] row(String name, int row, int width) {
        float[] table = values(name);
        double[] y = new double[width];
        for (int i = 0; i < width; i++) {
            y[i] = table[row * width + i];
        }
        return y;
    }

    /** Attention of one head group by group: softmax over the positions up to {@code at}. */
    static double[] attend(double[] query, double[][] keys, double[][] values, int at, int heads) {
        int width = query.length / heads;
        double[] out = new double[query.length];
        for (int head = 0; head < heads; head++) {
            double[] weights = new double[at + 1];
            double sum = 0;
            for (int j = 0; j <= at; j++) {
                double score = 0;
                for (int i = head * width; i < (head + 1) * width; i++) {
                    score += query[i] * keys[j][i];
                }
                weights[j] = Math.exp(score / Math.sqrt(width));
                sum += weights[j];
            }
            for (int j = 0; j <= at; j++) {
                for (int i = head * width; i < (head + 1) * width; i++) {
                    out[i] += weights[j] / sum * values[j][i];
                }
            }
        }
        return out;
    }

    static double[] slice(double[] x, int from, int count) {
        double[] y = new double[count];
        System.arraycopy(x, from, y, 0, count);
        return y;
    }

    static double[] add(double[] a, double[] b) {
        double[] y = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            y[i] = a[i] + b[i];
        }
        return y;
    }

    static double[] multiply(double[] a, double[] b) {
        double[] y = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            y[i] = a[i] * b[i];
        }
        return y;
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static double silu(double x) {
        return x * sigmoid(x);
    }
}

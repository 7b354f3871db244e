package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Embedded sequences padded on the right.
 *
 * @param values {@code [rows, longest, width]}, flat
 */
record Sequences(float[] values, int[] lengths, int width) {
    private static final double TOLERANCE = 2e-5;

    static Sequences random(long seed, int[] lengths, int width) {
        SplittableRandom random = new SplittableRandom(seed);
        int longest = Arrays.stream(lengths).max().orElseThrow();
        float[] values = new float[lengths.length * longest * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return new Sequences(values, lengths, width);
    }

    int longest() {
        return Arrays.stream(lengths).max().orElseThrow();
    }

    /** The real positions of a row. */
    double[][] row(int row) {
        double[][] x = new double[lengths[row]][width];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < width; i++) {
                x[t][i] = values[(row * longest() + t) * width + i];
            }
        }
        return x;
    }

    float[] run(TransformerBody body) {
        return run(body, null);
    }

    /** @param times seconds of each position, {@code [rows * longest]}, or null */
    float[] run(TransformerBody body, double @Nullable [] times) {
        try (Scope scope = Scope.open()) {
            int rows = lengths.length;
            boolean[] real = new boolean[rows * longest()];
            for (int row = 0; row < rows; row++) {
                Arrays.fill(real, row * longest(), row * longest() + lengths[row], true);
            }
            Tensor x = Tensors.of(values, rows, longest(), width);
            Tensor mask = Tensors.of(real, rows, longest());
            BodyInput input = times == null
                    ? new BodyInput(x, mask, AttentionPattern.CAUSAL)
                    : new BodyInput(x, mask, AttentionPattern.CAUSAL, Tensors.of(times, rows, longest()));
            return body.forward(input, Pass.inference()).toFloats();
        }
    }

    void assertClose(float[] found, int row, int position, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found[(row * longest() + position) * expected.length + i])
                    .as("row " + row + ", position " + position + ", element " + i)
                    .isCloseTo(expected[i], within(TOLERANCE));
        }
    }
}

package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {
    private static final int ROWS = 3;
    private static final int HEADS = 2;
    private static final int WIDTH = 4;

    private static Tensor normal(long seed, int length) {
        return Tensors.zeros(ROWS, HEADS, length, WIDTH).normalInPlace(0, 1, new Generator(seed));
    }

    /** One number for each pair of positions: the definition, without chunks. */
    private static Tensor hidden(int length, int[] lengths, int reach, boolean causal) {
        boolean[] hidden = new boolean[ROWS * length * length];
        for (int row = 0; row < ROWS; row++) {
            for (int query = 0; query < length; query++) {
                for (int key = 0; key < length; key++) {
                    hidden[(row * length + query) * length + key] =
                            key >= lengths[row] || Math.abs(query - key) > reach || causal && key > query;
                }
            }
        }
        return Tensors.of(hidden, ROWS, 1, length, length);
    }

    @Test
    void seesWhatTheDefinitionSaysForAnyLengthAndReach() {
        for (int seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int length = 1 + random.nextInt(23);
            int reach = 1 + random.nextInt(6);
            boolean causal = random.nextBoolean();
            int[] lengths = {length, 1 + random.nextInt(length), 1};
            boolean padded = random.nextInt(3) > 0;
            if (!padded) {
                Arrays.fill(lengths, length);
            }
            try (Scope scope = Scope.open()) {
                Tensor query = normal(3 * seed, length);
                Tensor key = normal(3 * seed + 1, length);
                Tensor value = normal(3 * seed + 2, length);
                Tensor real = Tensors.range(0, length).lt(Tensors.of(longs(lengths), ROWS, 1)); // (B, L)
                Tensor input = Tensors.zeros(ROWS, length, HEADS * WIDTH);
                Tensor found = new SlidingWindow(input, padded ? real : null, reach, causal)
                        .attend(query, key, value, 0, Pass.inference());
                Tensor expected = Attention.attend(
                                query, key, value, hidden(length, lengths, reach, causal), 0, Pass.inference())
                        .maskedFill(real.not().unsqueeze(1).unsqueeze(-1), 0);
                assertThat(found.sub(expected)
                                .abs()
                                .flatten(0, -1)
                                .max(0, false)
                                .item())
                        .as("seed " + seed + ", length " + length + ", reach " + reach + ", causal " + causal)
                        .isLessThan(1e-5);
            }
        }
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}

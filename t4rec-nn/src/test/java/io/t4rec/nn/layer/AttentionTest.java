package io.t4rec.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
    private static final int BATCH = 3;
    private static final int HEADS = 2;
    private static final int WIDTH = 4;

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 70})
    void withoutDropoutEqualsItsDefinitionGradientsToo(int length) {
        for (boolean causal : new boolean[] {false, true}) {
            for (boolean padded : new boolean[] {false, true}) {
                for (boolean biased : new boolean[] {false, true}) {
                    check(length, causal, padded, biased, false);
                }
            }
        }
    }

    @Test
    void passesGradientsToABias() {
        check(6, true, true, true, true);
    }

    @Test
    void aRowThatSeesNothingStaysFinite() {
        try (Scope scope = Scope.open()) {
            Generator generator = new Generator(7);
            Tensor x = random(generator, 3).requireGradient(true);
            Tensor nothing = Tensors.ones(BATCH, 1, 1, 3).ne(0);
            Tensor out = Attention.attend(x, x, x, nothing, 0, Pass.training(generator));
            out.sum().backward();
            assertThat(out.isFinite()).isTrue();
            assertThat(gradient(x)).doesNotContain(Float.NaN);
        }
    }

    private static void check(int length, boolean causal, boolean padded, boolean biased, boolean learned) {
        try (Scope scope = Scope.open()) {
            Generator generator = new Generator(length);
            Tensor mask = padded ? padding(length) : null;
            Tensor hidden = Attention.hidden(Tensors.zeros(BATCH, length, 1), mask, causal);
            Tensor query = random(generator, length).requireGradient(true);
            Tensor key = random(generator, length).requireGradient(true);
            Tensor value = random(generator, length).requireGradient(true);
            Tensor bias = biased
                    ? Tensors.zeros(1, HEADS, length, length)
                            .normalInPlace(0, 1, generator)
                            .requireGradient(learned)
                    : null;
            Tensor weights = random(generator, length);
            List<Tensor> leaves =
                    learned ? List.of(query, key, value, Objects.requireNonNull(bias)) : List.of(query, key, value);

            Tensor out = Attention.attend(query, key, value, bias, hidden, 0, Pass.training(generator));
            out.backward(weights);
            List<float[]> gradients =
                    leaves.stream().map(AttentionTest::gradient).toList();
            leaves.forEach(leaf -> leaf.setGradient(null));
            Tensor expected = defined(query, key, value, bias, hidden);
            expected.backward(weights);

            assertThat(out.toFloats()).containsExactly(expected.toFloats(), within(1e-5f));
            for (int i = 0; i < leaves.size(); i++) {
                assertThat(gradients.get(i)).containsExactly(gradient(leaves.get(i)), within(1e-4f));
            }
        }
    }

    private static Tensor defined(
            Tensor query, Tensor key, Tensor value, @Nullable Tensor bias, @Nullable Tensor hidden) {
        Tensor scores = query.matmul(key.transpose(2, 3)).mul(1 / Math.sqrt(WIDTH));
        scores = bias == null ? scores : scores.add(bias);
        scores = hidden == null ? scores : scores.maskedFill(hidden, Attention.HIDDEN);
        return scores.softmax(3).matmul(value);
    }

    /** Rows of all lengths; the first is full. */
    private static Tensor padding(int length) {
        Tensor real = Tensors.of(new long[] {length, (length + 1) / 2, 1}, BATCH, 1);
        return Tensors.range(0, length).unsqueeze(0).lt(real);
    }

    private static Tensor random(Generator generator, int length) {
        return Tensors.zeros(BATCH, HEADS, length, WIDTH).normalInPlace(0, 1, generator);
    }

    private static float[] gradient(Tensor leaf) {
        return Objects.requireNonNull(leaf.gradient()).toFloats();
    }
}

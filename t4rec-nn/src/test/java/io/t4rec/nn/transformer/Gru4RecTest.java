package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.RecurrentLayer;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Gru4RecTest {
    private static final int WIDTH = 32;

    /** The plain body's cell is checked against its formulas elsewhere; with its weights both must agree. */
    @Test
    void isTheGatedRecurrentUnitLayerUponLayer() {
        TransformerBody plain = new RecurrentConfig(RecurrentLayer.Cell.GRU, WIDTH, 2, 0).create(new Generator(5));
        TransformerBody body =
                new Gru4RecConfig(WIDTH, 2, 0.3, new Gru4RecConfig.Options(0.2)).create(new Generator(6));
        Map<String, Tensor> weights = new HashMap<>();
        plain.state()
                .forEach((name, value) -> weights.put(name.replaceFirst("rnn\\.(.*)_l(\\d)", "gru.$2.$1_l0"), value));
        body.load(weights);
        Sequences x = Sequences.random(3, new int[] {6, 2, 9}, WIDTH);
        assertThat(x.run(body)).containsExactly(x.run(plain));
    }

    @Test
    void startsUniformByGlorotsRuleWithBiasesZero() {
        TransformerBody body =
                new Gru4RecConfig(WIDTH, 1, 0, Gru4RecConfig.Options.defaults()).create(new Generator(7));
        double bound = Math.sqrt(6.0 / (WIDTH + WIDTH));
        body.state().forEach((name, value) -> {
            double largest = 0;
            for (float weight : value.toFloats()) {
                largest = Math.max(largest, Math.abs(weight));
            }
            if (name.contains("bias")) {
                assertThat(largest).as(name).isZero();
            } else {
                assertThat(largest).as(name).isBetween(0.98 * bound, bound + 1e-6);
            }
        });
    }

    @Test
    void dropsEmbeddingsAndStatesIndependently() {
        assertThat(zeros(0, 0.5)).isBetween(0.45, 0.55);
        assertThat(zeros(0.5, 0)).isZero();
        assertThat(differs(0.5, 0)).isTrue();
        assertThat(differs(0, 0)).isFalse();
    }

    private static float[] output(double embeddingDropout, double dropout, Pass pass) {
        TransformerBody body = new Gru4RecConfig(WIDTH, 1, dropout, new Gru4RecConfig.Options(embeddingDropout))
                .create(new Generator(7));
        try (Scope scope = Scope.open()) {
            Tensor x = Tensors.of(Sequences.random(1, new int[] {50}, WIDTH).values(), 1, 50, WIDTH);
            return body.forward(new BodyInput(x, null, AttentionPattern.CAUSAL), pass)
                    .toFloats();
        }
    }

    private static double zeros(double embeddingDropout, double dropout) {
        int zeros = 0;
        float[] values = output(embeddingDropout, dropout, Pass.training(new Generator(1)));
        for (float value : values) {
            zeros += value == 0 ? 1 : 0;
        }
        return zeros / (double) values.length;
    }

    private static boolean differs(double embeddingDropout, double dropout) {
        return !java.util.Arrays.equals(
                output(embeddingDropout, dropout, Pass.training(new Generator(1))),
                output(embeddingDropout, dropout, Pass.inference()));
    }
}

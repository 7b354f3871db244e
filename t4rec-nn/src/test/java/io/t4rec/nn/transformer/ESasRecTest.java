package io.t4rec.nn.transformer;

import static io.t4rec.nn.transformer.Reference.add;
import static io.t4rec.nn.transformer.Reference.multiply;
import static io.t4rec.nn.transformer.Reference.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.tensor.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ESasRecTest {
    private static final int WIDTH = 8;
    private static final int INNER = 12;
    private static final int HEADS = 2;
    private static final int LAYERS = 2;
    private static final double EPSILON = 1e-5;

    private static BuildArguments arguments(double deviation) {
        return new BuildArguments(WIDTH, HEADS, LAYERS, 9, "relu", deviation, EPSILON, 0.2, INNER);
    }

    @ParameterizedTest
    @CsvSource({"first, false, true", "last, true, false"})
    void followsItsFormulas(String positions, boolean scale, boolean finalNorm) {
        TransformerBody body = ESasRecConfig.build(
                        arguments(0.5), new ESasRecConfig.Options(positions, scale, finalNorm))
                .create(new Generator(3));
        int[] lengths = {5, 2, 7};
        Sequences x = Sequences.random(11, lengths, WIDTH);
        float[] found = x.run(body);
        Reference reference = new Reference(body.state());
        for (int row = 0; row < lengths.length; row++) {
            double[][] states = x.row(row);
            for (int t = 0; t < lengths[row]; t++) {
                int place = positions.equals("first") ? t : lengths[row] - 1 - t;
                double[] scaled = Arrays.stream(states[t])
                        .map(v -> scale ? v * Math.sqrt(WIDTH) : v)
                        .toArray();
                states[t] = add(scaled, reference.row("pos_encoding_layer.pos_emb.weight", place, WIDTH));
            }
            for (int layer = 0; layer < LAYERS; layer++) {
                states = block(reference, "transformer_blocks." + layer + ".", states);
            }
            for (int t = 0; t < lengths[row]; t++) {
                x.assertClose(
                        found, row, t, finalNorm ? reference.norm("last_layernorm", states[t], EPSILON) : states[t]);
            }
        }
    }

    private static double[][] block(Reference reference, String name, double[][] x) {
        int length = x.length;
        double[][] queries = new double[length][];
        double[][] keys = new double[length][];
        double[][] values = new double[length][];
        for (int t = 0; t < length; t++) {
            double[] all = reference.linear(
                    name + "multi_head_attn.in_proj", reference.norm(name + "layer_norm_1", x[t], EPSILON));
            queries[t] = slice(all, 0, WIDTH);
            keys[t] = slice(all, WIDTH, WIDTH);
            values[t] = slice(all, 2 * WIDTH, WIDTH);
        }
        double[][] out = new double[length][];
        for (int t = 0; t < length; t++) {
            double[] attended = reference.linear(
                    name + "multi_head_attn.out_proj", Reference.attend(queries[t], keys, values, t, HEADS));
            double[] y = add(x[t], multiply(gate(reference, name + "gating_linear_1", x[t]), attended));
            double[] both = reference.linear(
                    name + "feed_forward.ff_linear_1_3", reference.norm(name + "layer_norm_2", y, EPSILON));
            double[] activated =
                    Arrays.stream(slice(both, 0, INNER)).map(Reference::silu).toArray();
            double[] fed =
                    reference.linear(name + "feed_forward.ff_linear_2", multiply(activated, slice(both, INNER, INNER)));
            out[t] = add(y, multiply(gate(reference, name + "gating_linear_2", y), fed));
        }
        return out;
    }

    private static double[] gate(Reference reference, String name, double[] x) {
        return Arrays.stream(reference.linear(name, x)).map(Reference::sigmoid).toArray();
    }

    @Test
    void isFourTimesAsWideInsideWhereNoWidthIsGiven() {
        assertThat(ESasRecConfig.build(BuildArguments.of(16, 2, 1, 12), ESasRecConfig.Options.defaults())
                        .innerSize())
                .isEqualTo(64);
    }
}

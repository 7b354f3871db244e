package io.t4rec.nn.transformer;

import static io.t4rec.nn.transformer.Reference.add;
import static io.t4rec.nn.transformer.Reference.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.tensor.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SasRecTest {
    private static final int WIDTH = 8;
    private static final int HEADS = 2;
    private static final int LAYERS = 2;
    private static final double EPSILON = 1e-5;

    private static TransformerBody body(SasRecConfig.Options options) {
        return SasRecConfig.build(new BuildArguments(WIDTH, HEADS, LAYERS, 9, "relu", 0.5, EPSILON, 0.2, 12), options)
                .create(new Generator(3));
    }

    @ParameterizedTest
    @CsvSource({"first, false, pre", "last, true, pre", "first, true, query", "last, false, query"})
    void followsItsFormulas(String positions, boolean scale, String norm) {
        TransformerBody body = body(new SasRecConfig.Options(positions, scale, norm));
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
                states = block(reference, "transformer_blocks." + layer + ".", states, norm.equals("query"));
            }
            for (int t = 0; t < lengths[row]; t++) {
                x.assertClose(found, row, t, reference.norm("last_layernorm", states[t], EPSILON));
            }
        }
    }

    private static double[][] block(Reference reference, String name, double[][] x, boolean queryOnly) {
        int length = x.length;
        double[][] normed = new double[length][];
        double[][] keys = new double[length][];
        double[][] values = new double[length][];
        for (int t = 0; t < length; t++) {
            normed[t] = reference.norm(name + "q_layer_norm", x[t], EPSILON);
            double[] both = reference.linear(name + "multi_head_attn.kv_proj", queryOnly ? x[t] : normed[t]);
            keys[t] = slice(both, 0, WIDTH);
            values[t] = slice(both, WIDTH, WIDTH);
        }
        double[][] out = new double[length][];
        for (int t = 0; t < length; t++) {
            double[] query = reference.linear(name + "multi_head_attn.q_proj", normed[t]);
            double[] attended = reference.linear(
                    name + "multi_head_attn.out_proj", Reference.attend(query, keys, values, t, HEADS));
            double[] y = add(queryOnly ? normed[t] : x[t], attended);
            double[] z = reference.norm(name + "ff_layer_norm", y, EPSILON);
            double[] inner = Arrays.stream(reference.linear(name + "feed_forward.ff_linear_1", z))
                    .map(v -> Math.max(v, 0))
                    .toArray();
            out[t] = add(queryOnly ? z : y, reference.linear(name + "feed_forward.ff_linear_2", inner));
        }
        return out;
    }

    @Test
    void countedFromTheNewestItemAPlaceDependsOnWhatFollows() {
        float[] sequence = Sequences.random(5, new int[] {6}, WIDTH).values();
        Sequences whole = new Sequences(sequence, new int[] {6}, WIDTH);
        Sequences prefix = new Sequences(Arrays.copyOf(sequence, 4 * WIDTH), new int[] {4}, WIDTH);
        for (String positions : new String[] {"first", "last"}) {
            TransformerBody body = body(new SasRecConfig.Options(positions, false, "pre"));
            float[] long4 = Arrays.copyOfRange(whole.run(body), 3 * WIDTH, 4 * WIDTH);
            float[] short4 = Arrays.copyOfRange(prefix.run(body), 3 * WIDTH, 4 * WIDTH);
            double difference = 0;
            for (int i = 0; i < WIDTH; i++) {
                difference = Math.max(difference, Math.abs(long4[i] - short4[i]));
            }
            assertThat(difference > 1e-4).as(positions).isEqualTo(body.dependsOnLength());
        }
        assertThat(body(new SasRecConfig.Options("last", false, "pre")).dependsOnLength())
                .isTrue();
    }

    @Test
    void takesTheModelsWidthAsInnerWidthWhereNoneIsGiven() {
        assertThat(SasRecConfig.build(BuildArguments.of(16, 2, 1, 12), SasRecConfig.Options.defaults())
                        .innerSize())
                .isEqualTo(16);
    }

    @Test
    void refusesUnknownOptionsAndTooLongSequences() {
        assertThatThrownBy(() -> new SasRecConfig.Options("middle", false, "pre"))
                .hasMessageContaining("positions: middle (expected: one of [first, last])");
        assertThatThrownBy(() -> new SasRecConfig.Options("last", false, "post"))
                .hasMessageContaining("norm: post (expected: one of [query, pre])");
        for (String positions : new String[] {"first", "last"}) {
            TransformerBody body = body(new SasRecConfig.Options(positions, false, "pre"));
            assertThatThrownBy(() -> Sequences.random(1, new int[] {10}, WIDTH).run(body))
                    .hasMessageContaining("sequence length: 10 (expected: at most 9");
        }
    }
}

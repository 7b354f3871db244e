package io.t4rec.nn.transformer;

import static io.t4rec.nn.transformer.Reference.add;
import static io.t4rec.nn.transformer.Reference.multiply;
import static io.t4rec.nn.transformer.Reference.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.tensor.Generator;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HstuTest {
    private static final int WIDTH = 8;
    private static final int INNER = 12;
    private static final int HEADS = 2;
    private static final int LAYERS = 2;
    private static final int LONGEST = 9;
    private static final int BUCKETS = 40;
    private static final double EPSILON = 1e-5;

    private static TransformerBody body(int buckets) {
        return body(new HstuConfig.Options("first", false, buckets, 0, true));
    }

    private static TransformerBody body(HstuConfig.Options options) {
        BuildArguments arguments = new BuildArguments(WIDTH, HEADS, LAYERS, LONGEST, "relu", 0.5, EPSILON, 0.2, INNER);
        return HstuConfig.build(arguments, options).create(new Generator(3));
    }

    /** From no pause to some years, at times since 1970. */
    private static double[] times(int count) {
        SplittableRandom random = new SplittableRandom(4);
        double[] times = new double[count];
        double now = 1.4e9;
        for (int i = 0; i < count; i++) {
            now += Math.floor(Math.exp(18 * random.nextDouble())) - 1;
            times[i] = now;
        }
        return times;
    }

    @ParameterizedTest
    @CsvSource({"first, false, true, true", "last, true, true, false", "first, true, false, true"})
    void followsItsFormulas(String positions, boolean scale, boolean timed, boolean finalNorm) {
        TransformerBody body = body(new HstuConfig.Options(positions, scale, BUCKETS, 0.1, finalNorm));
        int[] lengths = {5, 2, 7};
        Sequences x = Sequences.random(11, lengths, WIDTH);
        double[] times = timed ? times(lengths.length * x.longest()) : null;
        float[] found = x.run(body, times);
        Reference reference = new Reference(body.state());
        for (int row = 0; row < lengths.length; row++) {
            double[] seconds =
                    timed ? Arrays.copyOfRange(times, row * x.longest(), row * x.longest() + lengths[row]) : null;
            double[][] states = x.row(row);
            for (int t = 0; t < lengths[row]; t++) {
                int place = positions.equals("first") ? t : lengths[row] - 1 - t;
                double[] scaled = Arrays.stream(states[t])
                        .map(v -> scale ? v * Math.sqrt(WIDTH) : v)
                        .toArray();
                states[t] = add(scaled, reference.row("pos_encoding_layer.pos_emb.weight", place, WIDTH));
            }
            for (int layer = 0; layer < LAYERS; layer++) {
                states = block(reference, "stu_blocks." + layer + ".", states, seconds);
            }
            for (int t = 0; t < lengths[row]; t++) {
                x.assertClose(
                        found, row, t, finalNorm ? reference.norm("last_layernorm", states[t], EPSILON) : states[t]);
            }
        }
    }

    private static double[][] block(Reference reference, String name, double[][] x, double @Nullable [] times) {
        float[] byPlace = reference.values(name + "rel_attn.pos_weights");
        float[] byTime = reference.values(name + "rel_attn.time_weights");
        int head = WIDTH / HEADS;
        int innerHead = INNER / HEADS;
        double[][] all = new double[x.length][];
        double[][] out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            all[t] = Arrays.stream(
                            reference.linear(name + "uvqk_proj", reference.norm(name + "norm_input", x[t], EPSILON)))
                    .map(Reference::silu)
                    .toArray();
            double[] attended = new double[INNER];
            for (int h = 0; h < HEADS; h++) {
                for (int j = 0; j <= t; j++) {
                    double score = byPlace[t - j];
                    if (times != null) {
                        double apart = Math.max(1, times[t] - times[j]);
                        score += byTime[Math.min(BUCKETS - 1, (int) (Math.log(apart) / 0.301))];
                    }
                    for (int i = 0; i < head; i++) {
                        score += all[t][2 * INNER + h * head + i] * all[j][2 * INNER + WIDTH + h * head + i];
                    }
                    for (int i = 0; i < innerHead; i++) {
                        int at = h * innerHead + i;
                        attended[at] += Reference.silu(score) * all[j][INNER + at] / LONGEST;
                    }
                }
            }
            double[] gated =
                    multiply(reference.norm(name + "norm_attn_output", attended, EPSILON), slice(all[t], 0, INNER));
            out[t] = add(x[t], reference.linear(name + "output_mlp", gated));
        }
        return out;
    }

    @Test
    void onlyPausesCountNotWhenTheyWere() {
        TransformerBody body = body(BUCKETS);
        Sequences x = Sequences.random(2, new int[] {6, 6}, WIDTH);
        double[] times = times(12);
        double[] later = Arrays.stream(times).map(t -> t + 3e8).toArray();
        double[] slower =
                Arrays.stream(times).map(t -> times[0] + 3 * (t - times[0])).toArray();
        float[] base = x.run(body, times);
        assertThat(x.run(body, later)).containsExactly(base);
        assertThat(x.run(body, slower)).isNotEqualTo(base);
        assertThat(x.run(body)).isNotEqualTo(base);
    }

    @Test
    void seesNoTimesWithoutBuckets() {
        TransformerBody body = body(0);
        Sequences x = Sequences.random(2, new int[] {6, 3}, WIDTH);
        assertThat(x.run(body, times(12))).containsExactly(x.run(body));
        assertThat(body.state().keySet()).noneMatch(name -> name.contains("time"));
    }

    @Test
    void theTimeOfALaterEventIsNotSeen() {
        TransformerBody body = body(BUCKETS);
        Sequences x = Sequences.random(2, new int[] {6}, WIDTH);
        double[] times = times(6);
        double[] changed = times.clone();
        changed[5] += 5e6;
        float[] before = x.run(body, times);
        float[] after = x.run(body, changed);
        assertThat(Arrays.copyOf(after, 5 * WIDTH)).containsExactly(Arrays.copyOf(before, 5 * WIDTH));
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertThatThrownBy(() -> new HstuConfig.Options("first", false, -1, 0, true))
                .hasMessageContaining("timeBuckets: -1");
        assertThatThrownBy(() -> new HstuConfig.Options("first", false, 64, 1, true))
                .hasMessageContaining("attentionDropout: 1.0");
        BuildArguments odd = new BuildArguments(8, 2, 1, 9, "relu", 0.5, EPSILON, 0.2, 7);
        assertThatThrownBy(() -> HstuConfig.build(odd, HstuConfig.Options.defaults()))
                .hasMessageContaining("innerSize: 7 (expected: a multiple of numAttentionHeads, 2)");
    }
}

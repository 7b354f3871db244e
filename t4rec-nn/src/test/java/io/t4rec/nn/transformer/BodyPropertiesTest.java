package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.RecurrentLayer;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Native;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every body must keep to, whatever its architecture: no look ahead, no look at padding, the same dropout from the same seed. */
class BodyPropertiesTest {
    private static final int WIDTH = 8;
    private static final int LONGEST = 9;
    private static final int SEEDS = 6;

    static List<TransformerConfig> bodies() {
        // large fresh weights, so that a leak would show
        return bodies(0.6);
    }

    static List<TransformerConfig> bodies(double deviation) {
        BuildArguments arguments = new BuildArguments(WIDTH, 2, 2, LONGEST, "gelu", deviation, 1e-5, 0.4, 16);
        return List.of(
                Gpt2Config.build(arguments),
                BertConfig.build(arguments),
                BertConfig.build(arguments, new BertConfig.Options("relative_key_query")),
                AlbertConfig.build(arguments),
                AlbertConfig.build(arguments, new AlbertConfig.Options(2, 2, null, "relative_key")),
                ElectraConfig.build(arguments),
                RobertaConfig.build(arguments),
                DistilBertConfig.build(arguments),
                DistilBertConfig.build(arguments, new DistilBertConfig.Options(true)),
                MpNetConfig.build(arguments),
                MegatronBertConfig.build(arguments),
                RobertaConfig.build(arguments, new RobertaConfig.Options("absolute", 3)),
                XlNetConfig.build(arguments),
                ReformerConfig.build(arguments, reformer("local", "local")),
                ReformerConfig.build(arguments, reformer("lsh", "local")),
                LongformerConfig.build(arguments, LongformerConfig.Options.defaults()),
                LongformerConfig.build(arguments, new LongformerConfig.Options(4, 0)),
                TransfoXlConfig.build(arguments, TransfoXlConfig.Options.defaults()),
                TransfoXlConfig.build(arguments, new TransfoXlConfig.Options(4, 3, 2, 2, false, true, true, 0.3)),
                TransfoXlConfig.build(arguments, new TransfoXlConfig.Options(4, 4, 5, -1, true, false, true, 0.3)),
                RoFormerConfig.build(arguments, RoFormerConfig.Options.defaults()),
                RoFormerConfig.build(arguments, new RoFormerConfig.Options(true)),
                DebertaConfig.build(arguments, DebertaConfig.Options.defaults()),
                DebertaConfig.build(arguments, new DebertaConfig.Options(true, List.of("c2p"), 3, true)),
                DebertaV2Config.build(arguments, DebertaV2Config.Options.defaults()),
                DebertaV2Config.build(
                        arguments,
                        new DebertaV2Config.Options(true, 8, 4, true, List.of("p2c"), false, "none", 3, 2, "tanh")),
                ConvBertConfig.build(arguments),
                ConvBertConfig.build(arguments, new ConvBertConfig.Options(1, 5, 2)),
                FunnelConfig.build(arguments),
                FunnelConfig.build(
                        arguments, new FunnelConfig.Options(2, 1, "max", "relative_shift", true, true, true)),
                FunnelConfig.build(arguments, new FunnelConfig.Options(2, 0, "mean", "factorized", true, false, false)),
                SasRecConfig.build(arguments, new SasRecConfig.Options("first", false, "pre")),
                SasRecConfig.build(arguments, new SasRecConfig.Options("last", true, "query")),
                ESasRecConfig.build(arguments, ESasRecConfig.Options.defaults()),
                ESasRecConfig.build(arguments, new ESasRecConfig.Options("last", true, false)),
                HstuConfig.build(arguments, HstuConfig.Options.defaults()),
                HstuConfig.build(arguments, new HstuConfig.Options("last", true, 8, 0.2, false)),
                Gru4RecConfig.build(arguments, new Gru4RecConfig.Options(0.3, true, true)),
                new RecurrentConfig(RecurrentLayer.Cell.GRU, WIDTH, 2, 0.4),
                new RecurrentConfig(RecurrentLayer.Cell.LSTM, WIDTH, 1, 0.4));
    }

    /** Chunks short enough that there are several. */
    private static ReformerConfig.Options reformer(String... layers) {
        return new ReformerConfig.Options(4, List.of(layers), 2, 4, null, 2, 3, 4, null, null, 0.6, 2);
    }

    /** Hashing sorts positions, and what is sorted in another way is added up in another order. */
    private static float slack(TransformerConfig config) {
        return config instanceof ReformerConfig reformer
                        && reformer.attnLayers().contains("lsh")
                ? 1e-5f
                : 0;
    }

    /** The first of each architecture: what takes long is asked of no more. */
    static List<TransformerConfig> oneOfEach() {
        Map<String, TransformerConfig> first = new LinkedHashMap<>();
        bodies().forEach(body -> first.putIfAbsent(body.modelType(), body));
        return List.copyOf(first.values());
    }

    /** {@code [batch][length][width]}, flat. */
    private static float[] noise(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return values;
    }

    private static float[] run(
            TransformerBody body, float[] x, int rows, int length, int @Nullable [] lengths, AttentionPattern pattern) {
        try (Scope scope = Scope.open()) {
            Tensor mask = null;
            if (lengths != null) {
                boolean[] real = new boolean[rows * length];
                for (int row = 0; row < rows; row++) {
                    Arrays.fill(real, row * length, row * length + lengths[row], true);
                }
                mask = Tensors.of(real, rows, length);
            }
            Tensor input = Tensors.of(x, rows, length, WIDTH);
            return body.forward(new BodyInput(input, mask, pattern, times(x, rows, length)), Pass.inference())
                    .toFloats();
        }
    }

    /** Irregular seconds made of the input, so that what a body may not see has other times too. */
    private static Tensor times(float[] x, int rows, int length) {
        double[] seconds = new double[rows * length];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = Math.exp(3 * Math.abs(x[i * WIDTH])) * (1 + i % length);
        }
        return Tensors.of(seconds, rows, length);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void seeNothingAheadUnderTheCausalPattern(TransformerConfig config) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TransformerBody body = config.create(new Generator(seed));
            int length = 2 + random.nextInt(LONGEST - 1);
            int at = 1 + random.nextInt(length - 1);
            float[] x = noise(random, 2 * length * WIDTH);
            float[] changed = x.clone();
            for (int i = 0; i < WIDTH; i++) {
                changed[at * WIDTH + i] += 3; // row 0, position at
            }
            if (!body.patterns().contains(AttentionPattern.Kind.CAUSAL)) {
                assertThatThrownBy(() -> run(body, x, 2, length, null, AttentionPattern.CAUSAL))
                        .hasMessageContaining("CAUSAL");
                return;
            }
            int out = body.outputWidth();
            float[] before = run(body, x, 2, length, null, AttentionPattern.CAUSAL);
            float[] after = run(body, changed, 2, length, null, AttentionPattern.CAUSAL);
            assertThat(Arrays.copyOf(after, at * out))
                    .as(config.modelType() + ", seed " + seed + ", before position " + at + " of " + length)
                    .containsExactly(Arrays.copyOf(before, at * out), within(slack(config)));
            assertThat(Arrays.copyOfRange(after, length * out, after.length))
                    .as("the other row")
                    .containsExactly(Arrays.copyOfRange(before, length * out, before.length), within(slack(config)));
            assertThat(Arrays.copyOfRange(after, at * out, length * out))
                    .as("the change is seen where it may be")
                    .isNotEqualTo(Arrays.copyOfRange(before, at * out, length * out));
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void seeNothingOfPaddingAndNothingOfOtherRows(TransformerConfig config) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(100 + seed);
            TransformerBody body = config.create(new Generator(seed));
            int rows = 3;
            int length = 2 + random.nextInt(LONGEST - 1);
            int[] lengths = {length, 1, 1 + random.nextInt(length)};
            float[] x = noise(random, rows * length * WIDTH);
            float[] other = x.clone();
            for (int row = 0; row < rows; row++) {
                for (int i = (row * length + lengths[row]) * WIDTH; i < (row + 1) * length * WIDTH; i++) {
                    other[i] = (float) (50 * random.nextDouble());
                }
            }
            for (AttentionPattern pattern : List.of(AttentionPattern.CAUSAL, AttentionPattern.BIDIRECTIONAL)) {
                if (!body.patterns().contains(pattern.kind())) {
                    continue;
                }
                float[] padded = run(body, x, rows, length, lengths, pattern);
                float[] otherwise = run(body, other, rows, length, lengths, pattern);
                for (int row = 0; row < rows; row++) {
                    int start = row * length * WIDTH;
                    float[] own = Arrays.copyOfRange(x, start, start + lengths[row] * WIDTH);
                    int from = row * length * body.outputWidth();
                    int count = lengths[row] * body.outputWidth();
                    float[] alone = run(body, own, 1, lengths[row], null, pattern);
                    String what = config.modelType() + " " + pattern.kind() + ", seed " + seed + ", row " + row;
                    for (int i = 0; i < count; i++) {
                        assertThat(otherwise[from + i])
                                .as(what + ", other padding")
                                .isFinite()
                                .isCloseTo(padded[from + i], within(1e-6f));
                        // shapes decide in which order a processor sums up
                        assertThat(padded[from + i]).as(what).isCloseTo(alone[i], within(5e-5f));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void computeSequencesOfOneAndRowsOfPaddingAlone(TransformerConfig config) {
        TransformerBody body = config.create(new Generator(2));
        float[] x = noise(new SplittableRandom(5), 2 * WIDTH);
        for (AttentionPattern pattern : List.of(AttentionPattern.CAUSAL, AttentionPattern.BIDIRECTIONAL)) {
            if (body.patterns().contains(pattern.kind())) {
                float[] alone = run(body, Arrays.copyOf(x, WIDTH), 1, 1, null, pattern);
                float[] besidePadding = run(body, x, 2, 1, new int[] {1, 0}, pattern);
                for (int i = 0; i < besidePadding.length; i++) {
                    assertThat(besidePadding[i]).as(config.modelType()).isFinite();
                }
                for (int i = 0; i < alone.length; i++) {
                    assertThat(besidePadding[i]).as(config.modelType()).isCloseTo(alone[i], within(1e-5f));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void takeAMaskBeyondTheLongestSequenceAndRefuseWhatTheirPositionsDoNotReach(TransformerConfig config) {
        TransformerBody body = config.create(new Generator(2));
        AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.BIDIRECTIONAL)
                ? AttentionPattern.BIDIRECTIONAL
                : AttentionPattern.CAUSAL;
        boolean masks = pattern.kind() == AttentionPattern.Kind.BIDIRECTIONAL;
        int longest = masks ? LONGEST + 1 : LONGEST;
        float[] x = noise(new SplittableRandom(5), longest * WIDTH);
        for (float state : run(body, x, 1, longest, null, pattern)) {
            assertThat(state).as(config.modelType()).isFinite();
        }
        if (Arrays.stream(config.getClass().getRecordComponents())
                .anyMatch(c -> c.getName().equals("maxPositionEmbeddings"))) {
            float[] longer = noise(new SplittableRandom(5), (LONGEST + 3) * WIDTH);
            if (config instanceof BertConfig
                    || config instanceof AlbertConfig
                    || config instanceof ElectraConfig
                    || config instanceof RobertaConfig
                    || config instanceof DistilBertConfig
                    || config instanceof MpNetConfig
                    || config instanceof MegatronBertConfig) {
                assertThatThrownBy(() -> run(body, longer, 1, LONGEST + 3, null, pattern))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("sequence length: " + (LONGEST + 3));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void drawTheSameDropoutFromTheSameSeed(TransformerConfig config) {
        TransformerBody body = config.create(new Generator(1));
        float[] x = noise(new SplittableRandom(1), 4 * LONGEST * WIDTH);
        float[] first = train(body, x, 7);
        assertThat(train(body, x, 7)).containsExactly(first);
        assertThat(train(body, x, 8)).isNotEqualTo(first);
    }

    private static float[] train(TransformerBody body, float[] x, long seed) {
        try (Scope scope = Scope.open()) {
            Tensor input = Tensors.of(x, 4, LONGEST, WIDTH);
            return body.forward(
                            new BodyInput(
                                    input,
                                    null,
                                    body.patterns().contains(AttentionPattern.Kind.CAUSAL)
                                            ? AttentionPattern.CAUSAL
                                            : AttentionPattern.BIDIRECTIONAL),
                            Pass.training(new Generator(seed)))
                    .toFloats();
        }
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void holdResidentMemoryFlatOverManyShapes(TransformerConfig config) {
        SplittableRandom random = new SplittableRandom(3);
        TransformerBody body = config.create(new Generator(1));
        List<Long> resident = new ArrayList<>();
        for (int hundreds = 0; hundreds < 16 && !isFlat(resident); hundreds++) {
            for (int pass = 0; pass < 100; pass++) {
                trainOneShape(body, random);
            }
            resident.add(Native.residentBytes());
        }
        assertThat(isFlat(resident))
                .as("%s: resident bytes after each hundred passes: %s", config.modelType(), resident)
                .isTrue();
    }

    /** Not seven kibibytes more a pass in the last three hundred: what libtorch keeps for each shape is nearly all there by then. */
    private static boolean isFlat(List<Long> resident) {
        int last = resident.size() - 1;
        return last >= 3 && resident.get(last) - resident.get(last - 3) < 2 << 20;
    }

    private static void trainOneShape(TransformerBody body, SplittableRandom random) {
        int length = 1 + random.nextInt(LONGEST);
        int rows = 1 + random.nextInt(64);
        try (Scope scope = Scope.open()) {
            float[] x = noise(random, rows * length * WIDTH);
            Tensor input = Tensors.of(x, rows, length, WIDTH);
            AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.CAUSAL)
                    ? AttentionPattern.CAUSAL
                    : AttentionPattern.BIDIRECTIONAL;
            body.forward(
                            new BodyInput(input, null, pattern, times(x, rows, length)),
                            Pass.training(new Generator(random.nextLong())))
                    .sum()
                    .backward();
        }
    }

    /** One that knows positions by a table says so; the others give numbers. */
    @ParameterizedTest
    @MethodSource("bodies")
    void refuseSequencesBeyondTheirPositionsOrComputeThem(TransformerConfig config) {
        TransformerBody body = config.create(new Generator(1));
        int length = LONGEST + 3;
        float[] x = noise(new SplittableRandom(5), length * WIDTH);
        AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.CAUSAL)
                ? AttentionPattern.CAUSAL
                : AttentionPattern.BIDIRECTIONAL;
        boolean table = body.parameters().keySet().stream()
                .anyMatch(name -> name.contains("position_embeddings") || name.contains("embed_positions"));
        if (table) {
            assertThatThrownBy(() -> run(body, x, 1, length, null, pattern))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("sequence length: " + length + " (expected: at most ");
        } else {
            try {
                for (float value : run(body, x, 1, length, null, pattern)) {
                    assertThat(value).as(config.modelType()).isFinite();
                }
            } catch (IllegalArgumentException e) {
                assertThat(e).as(config.modelType()).hasMessageContaining("sequence length: " + length);
            }
        }
    }

    /** The cells by their formulas, PyTorch's order of gates: reset, update, new; input, forget, cell, output. */
    @Test
    void recurrentCellsFollowTheirFormulas() {
        for (RecurrentLayer.Cell cell : RecurrentLayer.Cell.values()) {
            RecurrentLayer layer = new RecurrentLayer(cell, WIDTH, WIDTH, 1, new Generator(5));
            float[] x = noise(new SplittableRandom(2), 6 * WIDTH);
            float[] found;
            try (Scope scope = Scope.open()) {
                found = layer.forward(Tensors.of(x, 1, 6, WIDTH)).toFloats();
            }
            double[] expected = reference(cell, layer, x, 6);
            for (int i = 0; i < found.length; i++) {
                assertThat((double) found[i]).as(cell + " " + i).isCloseTo(expected[i], within(1e-5));
            }
        }
    }

    private static double[] reference(RecurrentLayer.Cell cell, RecurrentLayer layer, float[] x, int length) {
        Map<String, Tensor> weights = layer.state();
        float[] wIn = weights.get("weight_ih_l0").toFloats();
        float[] wHidden = weights.get("weight_hh_l0").toFloats();
        float[] bIn = weights.get("bias_ih_l0").toFloats();
        float[] bHidden = weights.get("bias_hh_l0").toFloats();
        double[] h = new double[WIDTH];
        double[] c = new double[WIDTH];
        double[] out = new double[length * WIDTH];
        int gates = wIn.length / WIDTH / WIDTH;
        for (int t = 0; t < length; t++) {
            double[] in = new double[gates * WIDTH];
            double[] hidden = new double[gates * WIDTH];
            for (int g = 0; g < gates * WIDTH; g++) {
                in[g] = bIn[g];
                hidden[g] = bHidden[g];
                for (int i = 0; i < WIDTH; i++) {
                    in[g] += wIn[g * WIDTH + i] * x[t * WIDTH + i];
                    hidden[g] += wHidden[g * WIDTH + i] * h[i];
                }
            }
            for (int i = 0; i < WIDTH; i++) {
                int second = WIDTH + i;
                int third = 2 * WIDTH + i;
                if (cell == RecurrentLayer.Cell.GRU) {
                    double reset = sigmoid(in[i] + hidden[i]);
                    double update = sigmoid(in[second] + hidden[second]);
                    double candidate = Math.tanh(in[third] + reset * hidden[third]);
                    h[i] = (1 - update) * candidate + update * h[i];
                } else {
                    int fourth = 3 * WIDTH + i;
                    c[i] = sigmoid(in[second] + hidden[second]) * c[i]
                            + sigmoid(in[i] + hidden[i]) * Math.tanh(in[third] + hidden[third]);
                    h[i] = sigmoid(in[fourth] + hidden[fourth]) * Math.tanh(c[i]);
                }
                out[t * WIDTH + i] = h[i];
            }
        }
        return out;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}

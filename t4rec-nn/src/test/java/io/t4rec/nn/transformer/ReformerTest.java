package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReformerTest {
    private static final int WIDTH = 8;

    private static ReformerConfig config(int longest, ReformerConfig.Options options) {
        return ReformerConfig.build(new BuildArguments(WIDTH, 2, 2, longest, "gelu", 0.4, 1e-5, 0, null), options);
    }

    private static ReformerConfig.Options options(
            @Nullable List<Integer> shape, @Nullable List<Integer> widths, @Nullable Integer buckets, int feedForward) {
        return new ReformerConfig.Options(
                4, List.of("lsh", "local"), 2, buckets, null, 3, 4, 4, shape, widths, 1.0, feedForward);
    }

    private static float[] run(ReformerConfig config, int length) {
        try (Scope scope = Scope.open()) {
            TransformerBody body = config.create(new Generator(3));
            Tensor x = Tensors.zeros(2, length, WIDTH).normalInPlace(0, 1, new Generator(4));
            return body.forward(new BodyInput(x, null, AttentionPattern.CAUSAL), Pass.inference())
                    .toFloats();
        }
    }

    @Test
    void refusesAGridThatIsTooSmallAndNamesOneThatFits() {
        assertThatThrownBy(() -> config(20, options(List.of(4, 5), null, 4, 0)))
                .hasMessage("axialPosShape: [4, 5] holds 20 positions (expected: at least 22; [4, 6] fits)");
        assertThatThrownBy(() -> config(20, options(null, List.of(3, 4), 4, 0)))
                .hasMessage("axialPosEmbdsDim: [3, 4] (expected: two widths that add up to 8; [4, 4] fits)");
        assertThatThrownBy(() -> config(20, options(List.of(2, 3, 4), null, 4, 0)))
                .hasMessageContaining("axialPosShape: [2, 3, 4] (expected: two numbers >= 1");
    }

    @Test
    void refusesUnknownLayersAndOddNumbersOfBuckets() {
        assertThatThrownBy(() -> config(20, options(null, null, 5, 0))).hasMessageContaining("numBuckets: [5]");
        ReformerConfig.Options d = ReformerConfig.Options.defaults();
        assertThatThrownBy(() -> config(
                        20,
                        new ReformerConfig.Options(
                                4, List.of("lsh", "global"), 1, 2, null, 4, 4, 4, null, null, 1.0, 0)))
                .hasMessageContaining("attnLayers: global (expected: one of [local, lsh])");
        assertThat(config(20, d).attnLayers()).containsExactly("local", "lsh");
        assertThat(config(20, d).create(new Generator(1)).outputWidth()).isEqualTo(2 * WIDTH);
    }

    @Test
    void beginsWithPositionsAsSmallAsItsOtherWeights() {
        ReformerConfig config = ReformerConfig.build(
                new BuildArguments(64, 2, 2, 20, "gelu", 0.02, 1e-5, 0, null), ReformerConfig.Options.defaults());
        Map<String, Tensor> positions =
                new TreeMap<>(config.create(new Generator(1)).state());
        positions.keySet().removeIf(name -> !name.contains("position_embeddings"));
        assertThat(positions).isNotEmpty();
        positions.forEach((name, table) -> {
            for (float value : table.toFloats()) {
                assertThat(value).as(name).isBetween(-0.12f, 0.12f);
            }
        });
    }

    @Test
    void takesEveryLengthUpToTheLongest() {
        for (int longest = 1; longest <= 15; longest++) {
            ReformerConfig config = config(longest, options(null, null, null, 0));
            for (int length = 1; length <= longest; length++) {
                assertThat(run(config, length)).hasSize(2 * length * 2 * WIDTH).doesNotContain(Float.NaN);
            }
        }
    }

    @Test
    void computesTheFeedForwardPartInAnyNumberOfPieces() {
        float[] whole = run(config(12, options(null, null, 4, 0)), 11);
        for (int size : new int[] {1, 4, 11, 50}) {
            assertThat(run(config(12, options(null, null, 4, size)), 11)).containsExactly(whole, within(1e-5f));
        }
    }

    @Test
    void hashesAnewInEachTrainingPassAndAlwaysAlikeAtInference() {
        LshBuckets buckets = new LshBuckets(config(12, options(null, null, 4, 0)), 0);
        LshBuckets otherLayer = new LshBuckets(config(12, options(null, null, 4, 0)), 1);
        try (Scope scope = Scope.open()) {
            float[] inference = buckets.rotations(Pass.inference()).toFloats();
            assertThat(buckets.rotations(Pass.inference()).toFloats()).containsExactly(inference);
            assertThat(otherLayer.rotations(Pass.inference()).toFloats()).isNotEqualTo(inference);
            Pass training = Pass.training(new Generator(1));
            float[] first = buckets.rotations(training).toFloats();
            assertThat(buckets.rotations(training).toFloats()).isNotEqualTo(first);
            assertThat(buckets.rotations(Pass.training(new Generator(1))).toFloats())
                    .containsExactly(first);
        }
    }

    /** By hand: two axes, four buckets; the nearest of +x, +y, -x, -y. */
    @Test
    void givesTheBucketOfTheNearestEndOfAnAxis() {
        ReformerConfig config = new ReformerConfig(
                2,
                List.of("lsh"),
                1,
                2,
                4,
                "relu",
                0,
                8,
                null,
                new ReformerConfig.Chunks(2, 1, 0, 0),
                new ReformerConfig.Chunks(2, 1, 0, 0),
                new ReformerConfig.Hashing(1, List.of(4), null, true),
                0,
                false,
                0.02,
                1e-12);
        try (Scope scope = Scope.open()) {
            Tensor vectors = Tensors.of(new float[] {3, 1, -1, 2, -5, 1, 1, -2, 2, 1, 7, 7}, 1, 1, 6, 2);
            Tensor identity = Tensors.of(new float[] {1, 0, 0, 1}, 1, 2, 1, 2); // [H, d, R, axes]
            Tensor found = new LshBuckets(config, 0).of(vectors, identity, new long[] {5}, 1);
            assertThat(found.shape()).containsExactly(1, 1, 1, 7);
            assertThat(found.toLongs()).as("padding has the last bucket").containsExactly(0, 1, 2, 3, 0, 4, 4);
            LshOrder order = LshOrder.of(found);
            assertThat(order.places().toLongs()).containsExactly(0, 4, 1, 2, 3, 5, 6);
        }
    }

    /** The defect that exact hashing mends: which earlier positions share a chunk depends on later ones. */
    @Test
    void looksAheadThroughChunksAsTheOriginalUnlessExact() {
        boolean leaks = false;
        for (int seed = 0; seed < 10; seed++) {
            for (boolean exact : new boolean[] {true, false}) {
                float change = change(exact, seed);
                leaks |= !exact && change > 1e-3;
                if (exact) {
                    assertThat(change).as("seed " + seed).isLessThan(1e-5f);
                }
            }
        }
        assertThat(leaks).as("the original's chunks").isTrue();
    }

    /** How much earlier states change with the last items. */
    private static float change(boolean exact, int seed) {
        ReformerConfig base = config(24, options(null, null, 4, 0));
        ReformerConfig.Hashing hashing = new ReformerConfig.Hashing(2, List.of(4), null, exact);
        ReformerConfig config = new ReformerConfig(
                WIDTH,
                List.of("lsh"),
                2,
                4,
                16,
                "relu",
                0,
                base.maxPositionEmbeddings(),
                base.axes(),
                base.local(),
                base.lsh(),
                hashing,
                0,
                false,
                0.4,
                1e-5);
        try (Scope scope = Scope.open()) {
            TransformerBody body = config.create(new Generator(seed));
            assertThat(body.dependsOnLength()).isEqualTo(!exact);
            Tensor x = Tensors.zeros(1, 24, WIDTH).normalInPlace(0, 1, new Generator(100 + seed));
            Tensor other = x.copy();
            other.narrow(1, 18, 6).normalInPlace(0, 1, new Generator(200 + seed));
            Tensor before = body.forward(new BodyInput(x, null, AttentionPattern.CAUSAL), Pass.inference());
            Tensor after = body.forward(new BodyInput(other, null, AttentionPattern.CAUSAL), Pass.inference());
            Tensor difference = before.sub(after).narrow(1, 0, 18).abs();
            return (float) difference.flatten(0, -1).max(0, false).item();
        }
    }
}

package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.nn.block.MlpConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What may be done to features on their way into the body, by registered names. */
class TransformationsTest {
    private static final Schema SCHEMA = Schema.of(Inputs.ITEM, Inputs.KIND);
    private static final InputConfig CONFIG =
            new InputConfig(8, Map.of("kind", 4), 2, 1, null, "concat", false, false, 0, 0);

    private static TransformationSettings of(String name) {
        return new TransformationSettings(name, null);
    }

    private static TransformationSettings of(String name, String option, Object value) {
        return new TransformationSettings(name, Map.of(option, value));
    }

    @Test
    void normaliseEachFeatureOrTheJoinedVector() {
        try (Scope scope = Scope.open()) {
            SequenceInput each = new SequenceInput(
                    CONFIG.edit().post(List.of(of("layer-norm"))).build(), SCHEMA, 12, new Generator(1));
            assertThat(each.parameters().keySet()).contains("post.0.item_id.weight", "post.0.kind.bias");
            Tensor features =
                    Inputs.forward(each, Pass.inference()).select(0, 0).select(0, 1);
            assertThat(features.narrow(0, 0, 8).mean().item()).isCloseTo(0, within(1e-6));
            assertThat(features.narrow(0, 8, 4).mean().item()).isCloseTo(0, within(1e-6));
            SequenceInput whole = new SequenceInput(
                    CONFIG.edit()
                            .joined(List.of(of("layer-norm", "epsilon", 1e-6)))
                            .build(),
                    SCHEMA,
                    12,
                    new Generator(1));
            Tensor joined = Inputs.forward(whole, Pass.inference()).select(0, 0).select(0, 1);
            assertThat(joined.mean().item()).isCloseTo(0, within(1e-6));
            assertThat(Math.abs(joined.narrow(0, 8, 4).mean().item())).isGreaterThan(1e-4);
            each.release();
            whole.release();
        }
    }

    @Test
    void actInTrainingAloneWhereTheyAreNoise() {
        try (Scope scope = Scope.open()) {
            InputConfig noisy = CONFIG.edit()
                    .pre(List.of(of("ssn", "replacementProb", 0.8)))
                    .post(List.of(of("dropout", "dropoutRate", 0.5)))
                    .build();
            SequenceInput plain = new SequenceInput(CONFIG, SCHEMA, 12, new Generator(1));
            SequenceInput input = new SequenceInput(noisy, SCHEMA, 12, new Generator(1));
            Tensor expected = Inputs.forward(plain, Pass.inference());
            assertThat(Inputs.forward(input, Pass.inference()).contentEquals(expected))
                    .isTrue();
            Tensor trained = Inputs.forward(input, Pass.training(new Generator(2)));
            assertThat(trained.eq(0).to(DataType.FLOAT32).sum().item()).isGreaterThan(20);
            plain.release();
            input.release();
        }
    }

    @Test
    void mayBeOnesOwn() {
        record Scale(double by) {}
        final class Scaled extends FeatureTransformation {
            private final double by;

            Scaled(Scale options, SortedMap<String, Integer> widths, Generator generator) {
                by = options.by;
                assertThat(widths).containsExactly(Map.entry("item_id", 8), Map.entry("kind", 4));
            }

            @Override
            public SortedMap<String, Tensor> forward(SortedMap<String, Tensor> features, Tensor real, Pass pass) {
                SortedMap<String, Tensor> scaled = new TreeMap<>(features);
                scaled.replaceAll((name, feature) -> feature.mul(by));
                return scaled;
            }
        }
        TransformationRegistry.register("times", new Scale(2), Set.of(TransformationStage.POST), Scaled::new);
        try (Scope scope = Scope.open()) {
            SequenceInput plain = new SequenceInput(CONFIG, SCHEMA, 12, new Generator(1));
            SequenceInput input = new SequenceInput(
                    CONFIG.edit().post(List.of(of("times", "by", 3))).build(), SCHEMA, 12, new Generator(1));
            Tensor expected = Inputs.forward(plain, Pass.inference()).mul(3);
            assertThat(Inputs.forward(input, Pass.inference()).contentEquals(expected))
                    .isTrue();
            plain.release();
            input.release();
        }
        assertThatThrownBy(() -> TransformationRegistry.register(
                        "times", new Scale(2), Set.of(TransformationStage.POST), Scaled::new))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("transformation: times (expected: a name not registered before)");
    }

    @Test
    void aggregationsMayBeOnesOwn() {
        AggregationRegistry.register("largest", new Aggregation() {
            @Override
            public int width(SortedMap<String, Integer> widths, String item) {
                return widths.get(item);
            }

            @Override
            public Tensor apply(SortedMap<String, Tensor> features, String item) {
                return features.get(item);
            }
        });
        InputConfig config = CONFIG.edit().aggregation("largest").build();
        SequenceInput input = new SequenceInput(config, SCHEMA, 8, new Generator(1));
        try (Scope scope = Scope.open()) {
            assertThat(Inputs.forward(input, Pass.inference()).shape()).containsExactly(2, 3, 8);
        }
        input.release();
        assertThat(AggregationRegistry.names())
                .contains("concat", "element-wise-sum", "element-wise-sum-item-multi", "stack");
    }

    @Test
    void areRefusedWhereTheyMakeNoSense() {
        InputConfigEditor edit = CONFIG.edit();
        assertThatThrownBy(() -> edit.pre(List.of(of("layer-norm"))).build())
                .isInstanceOf(ConfigException.class)
                .hasMessage("pre: layer-norm (expected: under one of [joined, post])");
        assertThatThrownBy(() -> CONFIG.edit().post(List.of(of("layernorm"))).build())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("post: layernorm")
                .hasMessageContaining("did you mean layer-norm?");
        InputConfig option =
                CONFIG.edit().post(List.of(of("dropout", "rate", 0.1))).build();
        assertThatThrownBy(() -> new SequenceInput(option, SCHEMA, 12, new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dropout, options")
                .hasMessageContaining("rate (expected: one of [dropoutRate]");
        InputConfig range =
                CONFIG.edit().post(List.of(of("dropout", "dropoutRate", 1))).build();
        assertThatThrownBy(() -> new SequenceInput(range, SCHEMA, 12, new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dropoutRate: 1.0 (expected: 0 <= rate < 1)");
    }

    @Test
    void layersOfTheProjectionEndAtTheBodysWidth() {
        InputConfig config = CONFIG.edit()
                .projectionBlock(new MlpConfig(List.of(20, 16), "gelu", null, "layer-norm", 0.1))
                .build();
        SequenceInput input = new SequenceInput(config, SCHEMA, 16, new Generator(1));
        assertThat(input.parameters().get("projection.0.weight").value().shape())
                .containsExactly(20, 12);
        try (Scope scope = Scope.open()) {
            assertThat(Inputs.forward(input, Pass.inference()).shape()).containsExactly(2, 3, 16);
        }
        input.release();
        assertThatThrownBy(() -> new SequenceInput(config, SCHEMA, 32, new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("projectionBlock: mlp[20, 16] (expected: last width 32, the body's)");
    }
}

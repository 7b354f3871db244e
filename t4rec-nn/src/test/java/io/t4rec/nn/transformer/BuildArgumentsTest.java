package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BuildArgumentsTest {
    private static final BuildArguments BASE = new BuildArguments(16, 2, 1, 12, "gelu", 0.5, 1e-5, 0.2, 24);

    static List<Function<BuildArguments, TransformerConfig>> architectures() {
        return List.of(
                Gpt2Config::build,
                BertConfig::build,
                AlbertConfig::build,
                ElectraConfig::build,
                RobertaConfig::build,
                DistilBertConfig::build,
                MpNetConfig::build,
                MegatronBertConfig::build,
                XlNetConfig::build,
                a -> LongformerConfig.build(a, LongformerConfig.Options.defaults()),
                a -> ReformerConfig.build(a, ReformerConfig.Options.defaults()),
                a -> TransfoXlConfig.build(a, TransfoXlConfig.Options.defaults()),
                ConvBertConfig::build,
                FunnelConfig::build,
                a -> RoFormerConfig.build(a, RoFormerConfig.Options.defaults()),
                a -> DebertaConfig.build(a, DebertaConfig.Options.defaults()),
                a -> DebertaV2Config.build(a, DebertaV2Config.Options.defaults()),
                a -> SasRecConfig.build(a, SasRecConfig.Options.defaults()),
                a -> ESasRecConfig.build(a, ESasRecConfig.Options.defaults()),
                a -> HstuConfig.build(a, HstuConfig.Options.defaults()));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void changeWhatTheySay(Function<BuildArguments, TransformerConfig> build) {
        Map<String, BuildArguments> changed = new LinkedHashMap<>();
        changed.put("nHead", new BuildArguments(16, 4, 1, 12, "gelu", 0.5, 1e-5, 0.2, 24));
        changed.put("nLayer", new BuildArguments(16, 2, 2, 12, "gelu", 0.5, 1e-5, 0.2, 24));
        changed.put("hiddenAct", new BuildArguments(16, 2, 1, 12, "relu", 0.5, 1e-5, 0.2, 24));
        changed.put("initializerRange", new BuildArguments(16, 2, 1, 12, "gelu", 0.1, 1e-5, 0.2, 24));
        changed.put("layerNormEps", new BuildArguments(16, 2, 1, 12, "gelu", 0.5, 0.5, 0.2, 24));
        changed.put("dInner", new BuildArguments(16, 2, 1, 12, "gelu", 0.5, 1e-5, 0.2, 48));
        float[] base = output(build, BASE, Pass.inference());
        boolean gated = !build.apply(BASE).toString().contains("hiddenAct")
                && !build.apply(BASE).toString().contains("ctivation");
        changed.forEach((name, arguments) -> {
            boolean same = gated && name.equals("hiddenAct"); // their SiLU is part of the architecture
            assertThat(Arrays.equals(output(build, arguments, Pass.inference()), base))
                    .as(name)
                    .isEqualTo(same);
        });
        BuildArguments noDropout = new BuildArguments(16, 2, 1, 12, "gelu", 0.5, 1e-5, 0, 24);
        assertThat(output(build, noDropout, Pass.training(new Generator(1))))
                .as("no dropout")
                .containsExactly(output(build, noDropout, Pass.inference()));
        assertThat(output(build, BASE, Pass.training(new Generator(1))))
                .as("dropout")
                .isNotEqualTo(base);
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void setTheDeviationOfFreshWeights(Function<BuildArguments, TransformerConfig> build) {
        BuildArguments wide = new BuildArguments(64, 2, 2, 12, "gelu", 0.05, 1e-5, 0.2, 256);
        TransformerBody body = build.apply(wide).create(new Generator(3));
        long large = 0;
        for (Map.Entry<String, Tensor> weight : body.state().entrySet()) {
            float[] values = weight.getValue().toFloats();
            if (weight.getValue().rank() >= 2 && values.length >= 4_096) {
                double squares = 0;
                for (float value : values) {
                    squares += (double) value * value;
                }
                // GPT-2 divides what goes into the residual stream by the square root of twice the layers
                double expected = weight.getKey().endsWith("c_proj.weight") ? 0.05 / Math.sqrt(4) : 0.05;
                if (weight.getKey().endsWith("r_kernel")) {
                    expected = 0.05 / Math.sqrt(3); // Funnel's kernels of positions are uniform from 0
                }
                assertThat(Math.sqrt(squares / values.length))
                        .as(weight.getKey())
                        .isCloseTo(expected, within(0.004));
                large++;
            }
        }
        assertThat(large).isGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void refuseSizesThatDoNotFit(Function<BuildArguments, TransformerConfig> build) {
        assertThatThrownBy(() -> build.apply(BuildArguments.of(15, 2, 1, 12))).hasMessageContaining("dModel: 15");
        assertThatThrownBy(() -> build.apply(BuildArguments.of(16, 0, 1, 12))).hasMessageContaining("nHead: 0");
        assertThatThrownBy(() -> build.apply(new BuildArguments(16, 2, 1, 12, "sine", 0.5, 1e-5, 0.2, 24)))
                .hasMessageContaining("sine");
        assertThatThrownBy(() -> build.apply(new BuildArguments(16, 2, 1, 12, "gelu", 0.5, 1e-5, 1, 24)))
                .hasMessageContaining("dropout: 1.0");
    }

    private static float[] output(
            Function<BuildArguments, TransformerConfig> build, BuildArguments arguments, Pass pass) {
        try (Scope scope = Scope.open()) {
            float[] x = new float[2 * 5 * 16];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) Math.sin(i);
            }
            TransformerBody body = build.apply(arguments).create(new Generator(9));
            AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.CAUSAL)
                    ? AttentionPattern.CAUSAL
                    : AttentionPattern.BIDIRECTIONAL;
            return body.forward(new BodyInput(Tensors.of(x, 2, 5, 16), null, pattern), pass)
                    .toFloats();
        }
    }

    @Test
    void refuseNumbersOutOfRange() {
        assertThatThrownBy(() -> new BuildArguments(16, 2, 1, 12, "gelu", -0.1, 1e-5, 0.2, 24))
                .hasMessage("initializerRange: -0.1 (expected: >= 0)");
        assertThatThrownBy(() -> new BuildArguments(16, 2, 1, 12, "gelu", Double.POSITIVE_INFINITY, 1e-5, 0.2, 24))
                .hasMessageContaining("initializerRange: Infinity");
        assertThatThrownBy(() -> new BuildArguments(16, 2, 1, 12, "gelu", 0.1, Double.NaN, 0.2, 24))
                .hasMessage("layerNormEps: NaN (expected: >= 0)");
        assertThatThrownBy(() -> new BuildArguments(16, 2, 1, 12, "gelu", 0.1, 1e-5, 0.2, 0))
                .hasMessage("dInner: 0 (expected: >= 1)");
    }
}

package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.nn.Pass;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.nn.transformer.BodyInput;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.HuggingFaceModels;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All architectures of Transformers4Rec by the constructor that it gives nine of them. */
class ArchitecturesTest {
    private static final int LENGTH = 6;
    private static final BuildArguments BASE = new BuildArguments(16, 2, 2, LENGTH, "gelu", 0.5, 1e-5, 0.2, 24);

    /** The tasks of each. */
    private static final Map<String, Set<String>> TASKS = new TreeMap<>();

    static {
        TASKS.put("albert", Set.of("mlm", "rtd"));
        TASKS.put("bert", Set.of("mlm", "rtd"));
        TASKS.put("convbert", Set.of("mlm", "rtd"));
        TASKS.put("deberta", Set.of("mlm", "rtd"));
        TASKS.put("deberta-v2", Set.of("mlm", "rtd"));
        TASKS.put("distilbert", Set.of("mlm", "rtd"));
        TASKS.put("electra", Set.of("mlm", "rtd"));
        TASKS.put("funnel", Set.of("mlm", "rtd"));
        TASKS.put("gpt2", Set.of("clm"));
        TASKS.put("longformer", Set.of("clm", "mlm", "rtd"));
        TASKS.put("megatron-bert", Set.of("mlm", "rtd"));
        TASKS.put("mpnet", Set.of("mlm", "rtd"));
        TASKS.put("reformer", Set.of("clm", "mlm"));
        TASKS.put("roberta", Set.of("mlm", "rtd"));
        TASKS.put("roformer", Set.of("clm", "mlm", "rtd"));
        TASKS.put("transfo-xl", Set.of("clm"));
        TASKS.put("xlnet", Set.of("clm", "mlm", "plm", "rtd"));
    }

    static Collection<String> names() {
        return TASKS.keySet();
    }

    @Test
    void haveTheTasksOfTheTable() {
        Map<String, Set<String>> registered = new TreeMap<>(TransformerRegistry.tasks());
        registered.keySet().retainAll(TASKS.keySet());
        assertThat(registered).isEqualTo(TASKS);
    }

    @Test
    void areReadFromHuggingFaceUnderTheSameNames() {
        assertThat(HuggingFaceModels.names()).containsExactlyElementsOf(TASKS.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void haveTheDefaultsOfTheOriginal(String name) {
        TransformerSettings settings = TransformerSettings.of(name, 16, 4, 2, 10);
        assertThat(settings.hiddenAct()).isEqualTo("gelu");
        assertThat(settings.initializerRange()).isEqualTo(0.01);
        assertThat(settings.layerNormEps()).isEqualTo(0.03);
        assertThat(settings.dropout()).isEqualTo(0.3);
        assertThat(settings.toConfig().modelType()).isEqualTo(name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void honourEveryArgument(String name) {
        float[] base = output(name, BASE, null);
        Map<String, BuildArguments> changed = new TreeMap<>();
        changed.put("nHead", new BuildArguments(16, 4, 2, LENGTH, "gelu", 0.5, 1e-5, 0.2, 24));
        changed.put("nLayer", new BuildArguments(16, 2, 4, LENGTH, "gelu", 0.5, 1e-5, 0.2, 24));
        changed.put("hiddenAct", new BuildArguments(16, 2, 2, LENGTH, "relu", 0.5, 1e-5, 0.2, 24));
        changed.put("initializerRange", new BuildArguments(16, 2, 2, LENGTH, "gelu", 0.1, 1e-5, 0.2, 24));
        changed.put("layerNormEps", new BuildArguments(16, 2, 2, LENGTH, "gelu", 0.5, 0.5, 0.2, 24));
        changed.put("dInner", new BuildArguments(16, 2, 2, LENGTH, "gelu", 0.5, 1e-5, 0.2, 48));
        changed.forEach((argument, arguments) -> assertThat(Arrays.equals(output(name, arguments, null), base))
                .as(argument)
                .isFalse());
        assertThat(output(name, BASE, new Generator(1))).as("dropout").isNotEqualTo(base);
        BuildArguments still = new BuildArguments(16, 2, 2, LENGTH, "gelu", 0.5, 1e-5, 0, 24);
        assertThat(output(name, still, new Generator(1))).as("no dropout").isEqualTo(output(name, still, null));
        TransformerBody wide = body(name, new BuildArguments(32, 2, 2, LENGTH, "gelu", 0.5, 1e-5, 0.2, 24));
        assertThat(wide.inputWidth()).as("dModel").isEqualTo(32);
        BuildArguments longer = new BuildArguments(16, 2, 2, 40, "gelu", 0.5, 1e-5, 0.2, 24);
        assertThat(states(body(name, longer), 40, Pass.inference()))
                .as("totalSeqLength")
                .isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("names")
    void tellTheWidthOfTheirStatesAndTakeAMaskBeyondTheLongestSequence(String name) {
        TransformerBody body = body(name, BASE);
        int length = TASKS.get(name).contains("mlm") ? LENGTH + 1 : LENGTH;
        float[] states = states(body, length, Pass.inference());
        assertThat(states).hasSize(2 * length * body.outputWidth());
        for (float state : states) {
            assertThat(state).isFinite();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void honourThePatternsThatTheirTasksNeed(String name) {
        Set<AttentionPattern.Kind> patterns = body(name, BASE).patterns();
        Set<String> tasks = TASKS.get(name);
        assertThat(patterns.contains(AttentionPattern.Kind.CAUSAL)).isEqualTo(tasks.contains("clm"));
        assertThat(patterns.contains(AttentionPattern.Kind.BIDIRECTIONAL)).isEqualTo(tasks.contains("mlm"));
        assertThat(patterns.contains(AttentionPattern.Kind.PERMUTATION)).isEqualTo(tasks.contains("plm"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void refuseWhatDoesNotFit(String name) {
        assertThatThrownBy(() -> TransformerSettings.of(name, 18, 4, 2, 10))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dModel: 18");
        assertThatThrownBy(() -> new TransformerSettings(name, 16, 4, 2, 10, "sine", 0.1, 1e-5, 0, null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("activation: sine");
    }

    @ParameterizedTest
    @CsvSource({
        "rober, roberta",
        "distill-bert, distilbert",
        "xl-net, xlnet",
        "gpt-2, gpt2",
        "electr, electra",
        "deberta-v3, deberta-v2"
    })
    void areSuggestedForANameLikeTheirs(String name, String nearest) {
        assertThatThrownBy(() -> TransformerSettings.of(name, 16, 4, 2, 10))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("transformer type: " + name)
                .hasMessageContaining("did you mean " + nearest + "?");
    }

    @Test
    void haveAliasesThatSettingsReplace() {
        TransformerSettings settings = TransformerSettings.of("transfoxl", 16, 4, 2, 10);
        assertThat(settings.type()).isEqualTo("transfo-xl");
        assertThat(settings).isEqualTo(TransformerSettings.of("transfo-xl", 16, 4, 2, 10));
        assertThat(TransformerRegistry.names()).doesNotContain("transfoxl");
        assertThatThrownBy(() -> TransformerRegistry.alias("transfoxl", "gpt2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alias: transfoxl");
        assertThatThrownBy(() -> TransformerRegistry.alias("small", "gpt3")).hasMessageContaining("gpt3");
    }

    private static TransformerBody body(String name, BuildArguments arguments) {
        try (Scope scope = Scope.open()) {
            return TransformerRegistry.build(name, arguments, Map.of()).create(new Generator(9));
        }
    }

    private static float[] output(String name, BuildArguments arguments, Generator training) {
        Pass pass = training == null ? Pass.inference() : Pass.training(training);
        return states(body(name, arguments), LENGTH, pass);
    }

    private static float[] states(TransformerBody body, int length, Pass pass) {
        try (Scope scope = Scope.open()) {
            Tensor x = Tensors.zeros(2, length, body.inputWidth()).normalInPlace(0, 1, new Generator(3));
            AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.BIDIRECTIONAL)
                    ? AttentionPattern.BIDIRECTIONAL
                    : AttentionPattern.CAUSAL;
            return body.forward(new BodyInput(x, null, pattern), pass).toFloats();
        }
    }
}

package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.model.input.InputConfig;
import io.t4rec.model.input.MatrixFile;
import io.t4rec.model.input.PostContextConfig;
import io.t4rec.model.input.PretrainedConfig;
import io.t4rec.model.input.SoftEmbeddings;
import io.t4rec.model.input.TableInitializer;
import io.t4rec.model.input.TransformationSettings;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.nn.block.MlpConfig;
import io.t4rec.nn.transformer.DebertaConfig;
import io.t4rec.nn.transformer.Gpt2Config;
import io.t4rec.nn.transformer.SasRecConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransformerRegistryTest {
    @Test
    void namesTheNearestBodyForAnUnknownOne() {
        assertThatThrownBy(() -> TransformerSettings.of("gtp2", 8, 2, 1, 20))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("gtp2")
                .hasMessageContaining("did you mean gpt2?");
    }

    @Test
    void refusesATaskThatWouldLeakAndNamesThoseThatWork() {
        assertThatThrownBy(() -> new ModelConfig(
                        InputConfig.defaults(),
                        new CausalMasking(false),
                        TransformerSettings.of("bert", 8, 2, 1, 20),
                        HeadConfig.defaults()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("masking task: clm on bert (expected: one of [mlm, rtd])");
        assertThatThrownBy(() -> new ModelConfig(
                        InputConfig.defaults(),
                        new MaskedMasking(0.15),
                        TransformerSettings.of("gpt2", 8, 2, 1, 20),
                        HeadConfig.defaults()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("masking task: mlm on gpt2 (expected: one of [clm])");
    }

    @Test
    void takesABodyOfOnesOwn() {
        TransformerRegistry.register("wide-gpt2", Gpt2Config::build, Set.of("clm"));
        assertThat(TransformerRegistry.names()).contains("wide-gpt2", "gpt2", "bert", "xlnet", "gru", "lstm");
        assertThat(TransformerRegistry.tasks()).containsEntry("wide-gpt2", Set.of("clm"));
        assertThat(TransformerSettings.of("wide-gpt2", 8, 2, 1, 20).toConfig()).isInstanceOf(Gpt2Config.class);
        assertThatThrownBy(() -> TransformerRegistry.register("gpt2", Gpt2Config::build, Set.of("clm")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("not registered before");
    }

    @Test
    void refusesABodyWithATaskThatThereIsNot() {
        assertThatThrownBy(() -> TransformerRegistry.register("my-gpt2", Gpt2Config::build, Set.of("clm", "mml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("masking task: mml for my-gpt2")
                .hasMessageContaining("did you mean mlm?");
        assertThat(TransformerRegistry.names()).doesNotContain("my-gpt2");
    }

    @Test
    void refusesATaskWhoseAttentionTheBodyCannotDo() {
        TransformerRegistry.register("my-hopeful-gpt2", Gpt2Config::build, Set.of("clm", "plm"));
        ModelConfig config = Cycles.config("my-hopeful-gpt2", PermutationMasking.defaults());
        assertThatThrownBy(() -> SessionModel.create(config, Cycles.SCHEMA, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "masking task: plm on my-hopeful-gpt2, which needs the attention pattern PERMUTATION (expected: one"
                                + " of [CAUSAL] for this body)");
    }

    @Test
    void refusesAGeneratorThatCannotBeBuilt() {
        ReplacedItemMasking masking =
                ReplacedItemMasking.defaults().withGenerator(new ReplacedItemMasking.GeneratorSize(10, 3, 1));
        assertThatThrownBy(() -> Cycles.config("bert", masking))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("masking.generator: transformer: dModel: 10");
    }

    @Test
    void honoursEveryArgumentOfTheOriginalsConstructor() {
        TransformerSettings settings = new TransformerSettings("gpt2", 24, 3, 4, 17, "relu", 0.05, 1e-4, 0.25, 40);
        assertThat(settings.toConfig())
                .isEqualTo(new Gpt2Config(24, 4, 3, 17, 40, "relu", 0.25, 0.25, 0.25, 1e-4, 0.05));
        TransformerSettings defaults = TransformerSettings.of("xlnet", 8, 2, 1, 20);
        assertThat(defaults.hiddenAct()).isEqualTo("gelu");
        assertThat(defaults.initializerRange()).isEqualTo(0.01);
        assertThat(defaults.layerNormEps()).isEqualTo(0.03);
        assertThat(defaults.dropout()).isEqualTo(0.3);
    }

    @Test
    void refusesHeadsThatDoNotDivideTheWidth() {
        assertThatThrownBy(() -> TransformerSettings.of("gpt2", 10, 3, 1, 20))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("transformer: ");
    }

    @Test
    void aModelConfigurationSurvivesYaml() {
        ModelConfig config = ModelConfig.defaults();
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(config), ModelConfig.class))
                .isEqualTo(config);
        ModelConfig masked = new ModelConfig(
                new InputConfig(8, Map.of("kind", 4), 2, 0.05, List.of(5, 4), "concat", true, true, 0.1, 0.2)
                        .edit()
                        .embeddingDeviations(Map.of("kind", 0.5))
                        .columns(List.of("kind"))
                        .embeddingDimDefault(6)
                        .sharedTables(Map.of("all", List.of("kind", "item_id")))
                        .pre(List.of(new TransformationSettings("ssn", Map.of("replacementProb", 0.2))))
                        .post(List.of(new TransformationSettings("layer-norm", null)))
                        .postContext(new PostContextConfig(List.of("kind"), null))
                        .softEmbeddings(
                                new SoftEmbeddings(List.of("price"), 5, null, Map.of(), Map.of("price", 3), false))
                        .embeddingInitializers(
                                Map.of("item_id", new TableInitializer(MatrixFile.of("items.npy"), true)))
                        .pretrained(Map.of(
                                "text",
                                new PretrainedConfig(
                                        new MatrixFile("text.parquet", null, "id", null, "zero"),
                                        "kind",
                                        null,
                                        false,
                                        4,
                                        "unit")))
                        .projectionBlock(new MlpConfig(List.of(16, 8), "gelu", false, "layer-norm", 0.1))
                        .build(),
                new MaskedMasking(0.2),
                TransformerSettings.of("xlnet", 8, 2, 1, 20),
                HeadConfig.defaults());
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(masked), ModelConfig.class))
                .isEqualTo(masked);
        String older = ConfigFiles.toYaml(config)
                .replaceAll("(?m)^ *embeddingDeviations:.*\n", "")
                .replaceAll(
                        "(?m)^ *(columns|embeddingDimDefault|sharedTables|shareDomains|pre|post|joined|projectionBlock|softEmbeddings|embeddingInitializers|pretrained|postContext):.*\n",
                        "");
        assertThat(older).doesNotContain("sharedTables");
        assertThat(ConfigFiles.parseYaml(older, ModelConfig.class)).isEqualTo(config);
    }

    @Test
    void anotherTaskTakesThePlaceOfTheDefaultOne() {
        String yaml = "masking: {task: mlm, probability: 0.3}\ntransformer: {type: xlnet, nHead: 2}";
        ModelConfig config = ConfigFiles.parseYamlOver(ModelConfig.defaults(), yaml, "my.yaml", Map.of());
        assertThat(config.masking()).isEqualTo(new MaskedMasking(0.3));
        assertThat(config.transformer().type()).isEqualTo("xlnet");
        assertThat(config.transformer().dModel())
                .isEqualTo(ModelConfig.defaults().transformer().dModel());
    }

    @Test
    void namesTheNearestKeyForAMistypedOne() {
        String yaml = "transformer: {dmodel: 32}";
        assertThatThrownBy(() -> ConfigFiles.parseYamlOver(ModelConfig.defaults(), yaml, "my.yaml", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dmodel")
                .hasMessageContaining("did you mean dModel?");
    }

    @Test
    void optionsOfABodyComeFromYamlOverItsDefaults() {
        String yaml = "transformer:\n  type: sasrec\n  options: {positions: last, scaleEmbedding: true}";
        ModelConfig config = ConfigFiles.parseYamlOver(ModelConfig.defaults(), yaml, "my.yaml", Map.of());
        assertThat(((SasRecConfig) config.transformer().toConfig()).options())
                .isEqualTo(new SasRecConfig.Options(
                        "last", true, SasRecConfig.Options.defaults().norm()));
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(config), ModelConfig.class))
                .isEqualTo(config);
    }

    @Test
    void aListAmongOptionsReplacesTheDefault() {
        ModelConfig config = ConfigFiles.parseYamlOver(
                ModelConfig.defaults(),
                "masking: {task: mlm}\ntransformer:\n  type: deberta\n  options: {posAttType: [p2c]}",
                "my.yaml",
                Map.of());
        DebertaConfig deberta = (DebertaConfig) config.transformer().toConfig();
        assertThat(deberta.posAttType()).containsExactly("p2c");
        assertThat(deberta.relativeAttention()).isTrue();
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(config), ModelConfig.class))
                .isEqualTo(config);
    }

    @Test
    void settingsWrittenBeforeThereWereOptionsLoad() {
        String json = ConfigFiles.toJson(ModelConfig.defaults());
        assertThat(json).contains("\"options\" : null");
        String old = json.replaceFirst(",\\s*\"options\" : null", "");
        assertThat(old).doesNotContain("options");
        assertThat(ConfigFiles.parseYaml(old, ModelConfig.class)).isEqualTo(ModelConfig.defaults());
    }

    @Test
    void namesTheNearestOptionForAMistypedOne() {
        assertThatThrownBy(() -> options("sasrec", "{postions: last}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("my.yaml:3")
                .hasMessageContaining("unknown key postions")
                .hasMessageContaining("did you mean positions?");
        assertThatThrownBy(() -> options("sasrec", "{positions: middle}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("my.yaml:3")
                .hasMessageContaining("options: positions: middle (expected: one of [first, last])");
        assertThatThrownBy(() -> options("sasrec", "{scaleEmbedding: often}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("scaleEmbedding");
        assertThatThrownBy(() -> options("gpt2", "{positions: last}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("options: [positions] (expected: none, gpt2 has no own)");
    }

    private static ModelConfig options(String type, String options) {
        String yaml = "transformer:\n  type: " + type + "\n  options: " + options;
        return ConfigFiles.parseYamlOver(ModelConfig.defaults(), yaml, "my.yaml", Map.of());
    }
}

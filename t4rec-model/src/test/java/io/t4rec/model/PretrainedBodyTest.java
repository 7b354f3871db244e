package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose body starts from a Hugging Face directory. */
class PretrainedBodyTest {
    private static final Schema SCHEMA = Schema.of(ColumnSchema.categorical("item_id", 20)
            .withShape(ColumnShape.ragged())
            .withTags(Tag.ITEM, Tag.ID, Tag.LIST));

    @TempDir
    Path folder;

    /** ELECTRA with embeddings narrower than its states. */
    private TransformerBody save() throws IOException {
        BuildArguments arguments = new BuildArguments(16, 4, 3, 9, "relu", 0.3, 1e-4, 0.2, 24);
        TransformerConfig config = TransformerRegistry.build("electra", arguments, Map.of("embeddingSize", 10));
        TransformerBody body = config.create(new Generator(5));
        HuggingFaceDirectory.write(folder.resolve("electra"), config, body);
        return body;
    }

    private static ModelConfig config(String type, Path directory) {
        return config(TransformerSettings.of(type, 64, 4, 2, 9), directory);
    }

    private static ModelConfig config(TransformerSettings fresh, Path directory) {
        String yaml = ConfigFiles.toYaml(fresh).replaceFirst("pretrained: null", "pretrained: " + directory);
        TransformerSettings settings = ConfigFiles.parseYaml(yaml, TransformerSettings.class);
        return new ModelConfig(InputConfig.itemsOnly(), new MaskedMasking(0.2), settings, HeadConfig.defaults());
    }

    @Test
    void startFromItsWeightsAndKnowItsSizes() throws IOException {
        TransformerBody body = save();
        SessionModel model = SessionModel.create(config("electra", folder.resolve("electra")), SCHEMA, 1);
        assertThat(model.body().inputWidth()).isEqualTo(10);
        assertThat(model.body().outputWidth()).isEqualTo(16);
        body.state()
                .forEach((name, tensor) -> assertThat(
                                model.body().state().get(name).toFloats())
                        .as(name)
                        .containsExactly(tensor.toFloats()));
        assertThat(model.config().transformer().architecture())
                .containsEntry("model_type", "electra")
                .containsEntry("num_hidden_layers", 3);
    }

    @Test
    void needTheDirectoryOnlyOnce() throws IOException {
        save();
        SessionModel model = SessionModel.create(config("electra", folder.resolve("electra")), SCHEMA, 1);
        AtomicFiles.deleteTree(folder.resolve("electra"));
        model.replica();
        String saved = ConfigFiles.toJson(model.config());
        ModelConfig read = ConfigFiles.parseYaml(saved, ModelConfig.class);
        assertThat(read).isEqualTo(model.config());
        try (Scope scope = Scope.open()) {
            SessionModel again = SessionModel.create(read, SCHEMA, 2);
            Map<String, Tensor> state = model.state();
            again.load(state);
            assertThat(again.state().keySet()).isEqualTo(state.keySet());
        }
    }

    @Test
    void areRefusedUnderAnotherTypeOrWithOptionsBeside() throws IOException {
        save();
        Path directory = folder.resolve("electra");
        assertThatThrownBy(() -> SessionModel.create(config("bert", directory), SCHEMA, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("transformer.type: bert (expected: electra");
        assertThatThrownBy(() -> config("electra", directory)
                        .transformer()
                        .withOptions(Map.of("positionEmbeddingType", "relative_key")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("transformer.options: [positionEmbeddingType] (expected: none beside pretrained");
        assertThatThrownBy(() -> SessionModel.create(config("bert", folder.resolve("nowhere")), SCHEMA, 1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void refuseArgumentsThatSaySomethingElse() throws IOException {
        save();
        Path directory = folder.resolve("electra");
        assertThatThrownBy(() -> SessionModel.create(
                        config(TransformerSettings.of("electra", 64, 4, 5, 9), directory), SCHEMA, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("transformer.nLayer: 5 (expected: what config.json of pretrained says,"
                        + " num_hidden_layers 3; leave the argument out)");
        assertThatThrownBy(() -> SessionModel.create(
                        config(TransformerSettings.of("electra", 96, 12, 3, 9), directory), SCHEMA, 1))
                .hasMessageContaining("transformer.dModel: 96")
                .hasMessageContaining("hidden_size 16");
        assertThatThrownBy(() -> SessionModel.create(
                        config(TransformerSettings.of("electra", 16, 4, 3, 9).withDropout(0.5), directory), SCHEMA, 1))
                .hasMessageContaining("transformer.dropout: 0.5")
                .hasMessageContaining("hidden_dropout_prob 0.2");
        TransformerSettings same = new TransformerSettings("electra", 16, 4, 3, 9, "relu", 0.3, 1e-4, 0.2, 24);
        assertThat(SessionModel.create(config(same, directory), SCHEMA, 1)
                        .body()
                        .inputWidth())
                .isEqualTo(10);
    }
}

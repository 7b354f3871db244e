package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.model.task.BinaryTask;
import io.t4rec.model.task.HeadTasks;
import io.t4rec.model.task.NextItemTask;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConfigTest {
    @TempDir
    Path folder;

    @Test
    void withoutHeadsPredictsTheNextItemAlone() {
        assertThat(ModelConfig.defaults().predictsNextItem()).isTrue();
        assertThat(ModelConfig.defaults()
                        .withHeads(HeadTasks.of(BinaryTask.of("bought")))
                        .predictsNextItem())
                .isFalse();
        assertThat(ModelConfig.defaults()
                        .withHeads(HeadTasks.of(BinaryTask.of("bought")), HeadTasks.of(new NextItemTask(2.0)))
                        .predictsNextItem())
                .isTrue();
    }

    @Test
    void readsFilesOfBeforeThereWereHeads() throws IOException {
        ModelConfig usual = ModelConfig.defaults();
        String written = ConfigFiles.toJson(usual);
        String old = written.replaceAll(",\\s*\"heads\" : \\[ \\],\\s*\"headReduction\" : null", "");
        assertThat(old).doesNotContain("heads").isNotEqualTo(written);
        Path file = Files.writeString(folder.resolve("model.json"), old);
        assertThat(ConfigFiles.readJson(file, ModelConfig.class)).isEqualTo(usual);
    }

    @Test
    void readsBackHeadsAsTheyWereWritten() throws IOException {
        ModelConfig several = ModelConfig.defaults()
                .withHeads(HeadTasks.of(BinaryTask.of("bought"), new NextItemTask(2.0)), HeadTasks.fromSchemaTags());
        Path file = folder.resolve("model.json");
        ConfigFiles.writeJson(file, several);
        assertThat(ConfigFiles.readJson(file, ModelConfig.class)).isEqualTo(several);
    }

    @Test
    void refusesAnUnknownReduction() {
        ModelConfig usual = ModelConfig.defaults();
        assertThatThrownBy(() -> ConfigFiles.over(usual, Map.of("headReduction", "summ"), "model"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("headReduction: summ")
                .hasMessageContaining("did you mean sum?");
    }

    @Test
    void refusesABodyWithoutAType() throws IOException {
        Path file = Files.writeString(folder.resolve("body.json"), "{\"dModel\": 8}");
        assertThatThrownBy(() -> ConfigFiles.readJson(file, TransformerSettings.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("transformer: no type (expected: one of [albert, bert, ");
    }

    @Test
    void refusesSettingsWithoutAPartOfTheModel() throws IOException {
        Path file = Files.writeString(folder.resolve("model.json"), "{\"heads\": []}");
        assertThatThrownBy(() -> ConfigFiles.readJson(file, ModelConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("model: input null, masking null, transformer null, head null (expected: ");
    }
}

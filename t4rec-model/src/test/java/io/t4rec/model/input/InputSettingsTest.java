package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of inputs as YAML over the defaults, as the command line reads them. */
class InputSettingsTest {
    private static InputConfig read(String yaml) {
        return ConfigFiles.parseYamlOver(InputConfig.itemsOnly(), yaml, "settings.yaml", Map.of());
    }

    @Test
    void leaveWhatTheyDoNotNameAtItsDefault() {
        InputConfig config = read("""
                softEmbeddings: {}
                pretrained:
                  text: {matrix: {file: text.parquet}}
                postContext: {columns: [age]}
                projectionBlock: {dimensions: [64]}
                post: [{name: dropout}]
                """);
        assertThat(config.softEmbeddings()).isEqualTo(SoftEmbeddings.defaults());
        assertThat(config.pretrained()).containsEntry("text", PretrainedConfig.of(MatrixFile.of("text.parquet")));
        assertThat(config.pretrained().get("text").matrix().isRaw()).isTrue();
        assertThat(config.postContext().fusion()).isEqualTo("elementwise-mul");
        assertThat(config.projectionBlock().activation()).isEqualTo("relu");
        assertThat(read("aggregation: stack").edit().aggregation("concat").build())
                .isEqualTo(InputConfig.itemsOnly());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postContxt: {columns: [age]}|did you mean postContext?",
                "softEmbedings: {}|did you mean softEmbeddings?",
                "softEmbeddings: {cardinalityDefualt: 3}|did you mean cardinalityDefault?",
                "pretrained: {text: {matrx: {file: a.npy}}}|did you mean matrix?",
                "pretrained: {text: {matrix: {fil: a.npy}}}|did you mean file?",
                "pretrained: {text: {matrix: {file: a.csv}}}|file: a.csv (expected: a .npy or .parquet file)",
                "pretrained: {text: {trainable: true}}|matrix: absent",
                "projectionBlock: {dimensions: [8], dropot: 1}|did you mean dropout?",
                "post: [{nam: dropout}]|did you mean name?",
                "post: [{name: dropuot}]|did you mean dropout?",
                "postContext: {columns: [age], fusion: multiply}|postContext.fusion: multiply",
                "embeddingInitializers: {item_id: {trainable: true}}|matrix: absent"
            })
    void areRefusedWithTheNearestName(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("settings.yaml:1")
                .hasMessageContaining(message);
    }
}

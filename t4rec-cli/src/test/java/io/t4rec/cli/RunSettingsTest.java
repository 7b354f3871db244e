package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunSettingsTest {
    private static final PreparedData.Events EVENTS =
            PreparedData.Events.of(new EventStatistics(10, 2, 5, 1, 9), null, null);

    @TempDir
    Path folder;

    private void begin(double momentum) throws IOException {
        Experiment usual = Experiment.defaults();
        Experiment experiment = new Experiment(
                usual.data(),
                usual.model(),
                usual.training().edit().optimizer("sgd").momentum(momentum).build());
        RunSettings.begin(folder, experiment, null, EVENTS, RunSettings.Length.FREE);
    }

    @Test
    void letARunOfAnOlderVersionGoOnThatDidNotKnowASetting() throws IOException {
        begin(0);
        Files.createDirectories(folder.resolve("checkpoints/checkpoint-1"));
        Path file = folder.resolve("run.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode older = (ObjectNode) json.readTree(file.toFile());
        older.withObject("/experiment/training").remove("momentum");
        json.writeValue(file.toFile(), older);
        assertThatThrownBy(() -> begin(0.9))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("training.momentum: 0.9");
        assertThatCode(() -> begin(0)).doesNotThrowAnyException();
    }
}

package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSettingsTest {
    private static final PreparedData.Events EVENTS = events("1f");

    @TempDir
    Path folder;

    private void begin(double momentum) throws IOException {
        Experiment usual = Experiment.defaults();
        Experiment experiment = new Experiment(
                usual.data(),
                usual.model(),
                usual.training().edit().optimizer("sgd").momentum(momentum).build());
        begin(experiment, EVENTS);
    }

    private void begin(Experiment experiment, PreparedData.Events events) throws IOException {
        RunSettings.begin(folder, experiment, null, events, RunSettings.Length.FREE);
    }

    private static PreparedData.Events events(@Nullable String digest) {
        return PreparedData.Events.of(new EventStatistics(10, 2, 5, 1, 9, digest), null, null);
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

    @ParameterizedTest
    @CsvSource(
            value = {
                "v1:1f,v1:2e,false",
                "v1:1f,v1:1f,true",
                "-,v1:1f,true",
                "v1:1f,-,true",
                "v1:1f,v2:2e,true",
                "1f,v1:1f,true"
            },
            nullValues = "-")
    void knowsEventsByTheirDigestWhereBothTimesThereIsOneOfTheSameVersion(
            @Nullable String before, @Nullable String now, boolean goesOn) throws IOException {
        begin(Experiment.defaults(), events(before));
        Files.createDirectories(folder.resolve("checkpoints/checkpoint-1"));
        if (goesOn) {
            assertThatCode(() -> begin(Experiment.defaults(), events(now))).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> begin(Experiment.defaults(), events(now)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("events.train.digest");
        }
    }
}

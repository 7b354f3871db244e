package io.t4rec.schema.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFilesTest {
    enum Schedule {
        CONSTANT,
        COSINE
    }

    record Training(
            int epochs,
            double rate,
            Schedule schedule,
            @Nullable Integer steps) {
        Training {
            if (epochs < 1) {
                throw new ConfigException("epochs: " + epochs + " (expected: >= 1)");
            }
        }
    }

    record Input(String name, List<String> columns, Map<String, Integer> widths) {
        Input {
            columns = List.copyOf(columns);
            widths = Map.copyOf(widths);
            if (name.isBlank()) {
                throw new ConfigException("name: blank (expected: a name)");
            }
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Causal.class, name = "clm"),
        @JsonSubTypes.Type(value = Masked.class, name = "mlm")
    })
    sealed interface Task permits Causal, Masked {}

    record Causal(boolean lastOnly) implements Task {}

    record Masked(double probability) implements Task {
        Masked {
            if (!(probability > 0)) {
                throw new ConfigException("probability: " + probability + " (expected: > 0)");
            }
        }
    }

    record Head(Loss loss) {}

    record Loss(int negatives) {
        Loss {
            if (negatives < 1) {
                throw new ConfigException("head.loss.negatives: " + negatives + " (expected: >= 1)");
            }
        }
    }

    record Model(Head head) {}

    record Nested(Model model) {}

    record Settings(Training training, List<Input> inputs, Task task) {}

    private static final Settings DEFAULTS =
            new Settings(new Training(3, 0.1, Schedule.CONSTANT, 7), List.of(), new Causal(true));

    @TempDir
    Path folder;

    @Test
    void readsYamlOverDefaults() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), """
                training:
                  rate: 1e-3
                  steps: null
                inputs:
                  - {name: clicks, columns: [a, b], widths: {a: 4}}
                """);
        Settings read = ConfigFiles.readYamlOver(DEFAULTS, file, Map.of("training.epochs", "9"));
        assertThat(read.training()).isEqualTo(new Training(9, 1e-3, Schedule.CONSTANT, null));
        assertThat(read.inputs()).containsExactly(new Input("clicks", List.of("a", "b"), Map.of("a", 4)));
        assertThat(read.task()).isEqualTo(DEFAULTS.task());
        assertThat(over("")).isEqualTo(DEFAULTS);
        assertThat(over("# only a comment\n")).isEqualTo(DEFAULTS);
        assertThat(over("training:\n  # all commented out\n")).isEqualTo(DEFAULTS);
    }

    @Test
    void settingsSurviveYamlAndJson() throws IOException {
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(DEFAULTS), Settings.class))
                .isEqualTo(DEFAULTS);
        Path file = folder.resolve("a.json");
        ConfigFiles.writeJson(file, DEFAULTS);
        assertThat(ConfigFiles.readJson(file, Settings.class)).isEqualTo(DEFAULTS);
        assertThat(Files.readString(file)).startsWith("{\n  \"training\"").endsWith("}\n");
    }

    @Test
    void refusesAnUnknownKeyWithLineAndNearestKey() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "training:\n  epochs: 1\n  ratee: 0.5\n");
        assertRefused(
                () -> ConfigFiles.readYaml(file, Settings.class, Map.of()),
                file + ":3: unknown key training.ratee",
                "did you mean rate?");
        assertRefused(
                () -> ConfigFiles.readYamlOver(DEFAULTS, file, Map.of()),
                file + ":3: unknown key training.ratee",
                "did you mean rate?");
        assertRefused(
                () -> over("\ntrainin:\n  epochs: 1\n"), "x.yaml:2: unknown key trainin ", "did you mean training?");
        assertRefused(
                () -> over("inputs:\n- {name: a, columns: [], widths: {}}\n- name: b\n  colums: []\n"),
                "x.yaml:4: unknown key inputs[1].colums",
                "did you mean columns?");
    }

    /** The unknown key is mostly the misspelled one that is missing. */
    @Test
    void tellsTheUnknownKeyWhenANeededOneIsMissingToo() {
        assertRefused(
                () -> ConfigFiles.parseYaml("training:\n  epoch: 5\n", Settings.class),
                "settings:2: unknown key training.epoch",
                "did you mean epochs?");
        assertRefused(
                () -> over("task:\n  task: mlm\n  probabilty: 0.3\n"),
                "x.yaml:3: unknown key task.probabilty",
                "did you mean probability?");
        assertRefused(
                () -> ConfigFiles.parseYaml("inputs:\n- names: a\n", Settings.class),
                "settings:2: unknown key inputs[0].names",
                "did you mean name?");
    }

    @Test
    void namesTheKeysThatMayBeMissing() {
        assertRefused(
                () -> ConfigFiles.parseYaml("inputs:\n- name: a\n  widths: {}\n", Settings.class),
                "settings:2: inputs[0]: missing key",
                "[columns]");
    }

    @Test
    void tellsTheLineOfAValueThatTheRecordRefuses() {
        assertRefused(
                () -> over("training:\n  rate: 1\n  epochs: 0\n"), "x.yaml:3: training: epochs: 0 (expected: >= 1)");
        assertRefused(() -> over("task: {task: mlm}"), "x.yaml:1: task: probability: 0.0 (expected: > 0)");
    }

    @Test
    void tellsTheLineOfAValueOfTheWrongType() {
        assertRefused(() -> over("training:\n  epochs: many\n"), "x.yaml:2: training.epochs: many (expected: int)");
        assertRefused(() -> over("training:\n  epochs: 2.5\n"), "x.yaml:2: training.epochs: ", "2.5");
        assertRefused(
                () -> over("training:\n  schedule: cosin\n"),
                "x.yaml:2: training.schedule: cosin (expected: one of [CONSTANT, COSINE])");
        assertRefused(() -> over("training:\n  schedule: 1\n"), "x.yaml:2: training.schedule");
        assertRefused(() -> over("training:\n  epochs:\n"), "x.yaml:2: training.epochs: nothing (expected: int)");
        assertRefused(
                () -> ConfigFiles.parseYaml("training:\n  epochs: 1\n  rate:\n", Settings.class),
                "settings:3: training.rate: nothing (expected: double)");
        assertRefused(() -> over("training: 4\n"), "x.yaml:1: training");
        assertRefused(() -> over("task: {task: rtd}"), "x.yaml:1: task", "rtd");
        assertRefused(() -> over("- a\n"), "x.yaml: no keys");
        assertRefused(() -> over("hello"), "x.yaml: no keys");
    }

    @Test
    void refusesAKeyThatOccursTwice() throws IOException {
        assertRefused(() -> over("training:\n  epochs: 1\n  epochs: 2\n"), "x.yaml:3", "epochs");
        Path json = Files.writeString(folder.resolve("a.json"), "{\"epochs\": 1,\n \"epochs\": 2}");
        assertRefused(() -> ConfigFiles.readJson(json, Training.class), json + ":2", "epochs");
    }

    @Test
    void refusesTextThatIsNoYamlOrCutOff() throws IOException {
        assertRefused(() -> over("training: {epochs: 1\n"), "x.yaml:");
        assertRefused(() -> over("a: 1\n---\nb: 2\n"), "x.yaml");
        assertRefused(() -> ConfigFiles.parseYaml("", Settings.class), "settings: empty");
        assertRefused(() -> ConfigFiles.parseYaml("# nothing\n", Settings.class), "settings: empty");
        Path binary = Files.write(folder.resolve("a.yaml"), new byte[] {(byte) 0xff, 0});
        assertRefused(() -> ConfigFiles.readYaml(binary, Settings.class, Map.of()), binary + ": not text in UTF-8");
        Path cut = Files.writeString(folder.resolve("a.json"), "{\"training\":\n {\"epochs\": 1");
        assertRefused(() -> ConfigFiles.readJson(cut, Settings.class), cut + ":2");
        Path more = Files.writeString(folder.resolve("b.json"), "{} {}");
        assertRefused(() -> ConfigFiles.readJson(more, Settings.class), more.toString());
    }

    /** Keys of the default kind don't linger. */
    @Test
    void anotherKindTakesThePlaceOfTheDefaultOne() {
        assertThat(over("task: {task: mlm, probability: 0.3}").task()).isEqualTo(new Masked(0.3));
        Map<String, String> set = new LinkedHashMap<>();
        set.put("task.probability", "0.3");
        set.put("task.task", "mlm");
        assertThat(ConfigFiles.parseYamlOver(DEFAULTS, "", "x.yaml", set).task())
                .isEqualTo(new Masked(0.3));
        assertThat(over("task: {lastOnly: false}").task()).isEqualTo(new Causal(false));
        assertRefused(() -> over("task: {task: clm, probability: 0.3}"), "x.yaml:1: unknown key task.probability");
    }

    @Test
    void saysTheNameOfASettingOnce() {
        Nested defaults = new Nested(new Model(new Head(new Loss(5))));
        String told = "model.head.loss.negatives: 0 (expected: >= 1)";
        assertRefused(
                () -> ConfigFiles.parseYamlOver(
                        defaults, "model:\n  head:\n    loss:\n      negatives: 0\n", "x.yaml", Map.of()),
                "x.yaml:4: " + told);
        assertRefused(
                () -> ConfigFiles.parseYamlOver(
                        defaults, "model:\n  head:\n", "x.yaml", Map.of("model.head.loss.negatives", "0")),
                "set model.head.loss.negatives: " + told);
    }

    @Test
    void asksForAListForKeysOrForASingleValue() {
        String input = "name: a, columns: [b], widths: {}";
        assertRefused(
                () -> over("inputs:\n- {" + input.replace("[b]", "b") + "}\n"),
                "x.yaml:2: inputs[0].columns: b (expected: a list, such as [a, b])");
        assertRefused(
                () -> over("inputs:\n- {" + input.replace("{}", "7") + "}\n"),
                "x.yaml:2: inputs[0].widths: 7 (expected: keys with values)");
        assertRefused(
                () -> over("inputs:\n- {" + input.replace("name: a", "name: [a]") + "}\n"),
                "x.yaml:2: inputs[0].name: [\"a\"] (expected: a single value)");
        assertRefused(
                () -> over("training:\n  epochs: [1]\n"), "x.yaml:2: training.epochs: [1] (expected: a single value)");
        assertRefused(() -> over("training: 3\n"), "x.yaml:1: training: 3 (expected: keys with values)");
    }

    @Test
    void namesTheOverrideThatIsWrong() {
        assertRefused(
                () -> set("training.epoch", "4"),
                "set training.epoch: unknown key training.epoch",
                "did you mean epochs?");
        assertRefused(() -> set("training.epochs", "0"), "set training.epochs: training: epochs: 0");
        assertRefused(() -> set("training.epochs", "x"), "set training.epochs: training.epochs: x (expected: int)");
        assertRefused(() -> set("training.epochs.more", "1"), "set training.epochs.more: training.epochs");
        assertRefused(() -> set("training.epochs", ""), "set training.epochs: no value");
        assertRefused(() -> set("training.epochs", "[1"), "set training.epochs");
        Map<String, String> both = new LinkedHashMap<>();
        both.put("training", "1");
        both.put("training.epochs", "1");
        assertRefused(() -> ConfigFiles.parseYamlOver(DEFAULTS, "", "x.yaml", both), "set training.epochs: training");
    }

    @Test
    void overridesCompleteAFileThatIsReadWithoutDefaults() {
        Training read =
                ConfigFiles.parseYaml("rate: 0.5\n", Training.class, Map.of("epochs", "2", "schedule", "COSINE"));
        assertThat(read).isEqualTo(new Training(2, 0.5, Schedule.COSINE, null));
    }

    private static Settings over(String yaml) {
        return ConfigFiles.parseYamlOver(DEFAULTS, yaml, "x.yaml", Map.of());
    }

    private static Settings set(String key, String value) {
        return ConfigFiles.parseYamlOver(DEFAULTS, "", "x.yaml", Map.of(key, value));
    }

    private static void assertRefused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(parts[0])
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }
}

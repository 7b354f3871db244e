package io.t4rec.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.model.TransformerRegistry;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {
    private static final BenchSettings SETTINGS =
            new BenchSettings("absent", 1, 1, 10_000, "200MB", 50, 1, 100, 1, List.of());

    @Test
    void namesTheNearestQuestionForAnUnknownOne() {
        assertThatThrownBy(() -> Bench.requireKnown("workflwo"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("measurement: workflwo")
                .hasMessageContaining("did you mean workflow?");
    }

    @Test
    void everyQuestionHasANameOfItsOwnAndParts() {
        assertThat(Questions.names()).doesNotHaveDuplicates().doesNotContain("all");
        assertThat(Questions.ALL).allSatisfy(question -> {
            assertThat(question.parts()).isNotEmpty().doesNotHaveDuplicates();
            assertThat(question.asks()).endsWith(".").hasSizeGreaterThan(20);
            assertThat(question.goal()).endsWith(".");
        });
    }

    @Test
    void measuresInAProcessOfItsOwnAndTellsPeakMemoryAndFloors() throws IOException {
        List<String> told = new ArrayList<>();
        Answer answer = Bench.ask("workflow", SETTINGS, told::add);
        assertThat(told).contains("workflow: events by time").anyMatch(line -> line.contains("generating"));
        assertThat(answer.header())
                .startsWith("case", "events", "sessions", "ours, s")
                .endsWith("peak, MiB", "others, cores");
        assertThat(answer.rows()).hasSameSizeAs(EventOrder.values());
        assertThat(answer.floors().get(0)).contains("GFLOP/s on one thread").contains("triad");
    }

    @Test
    void tellsWhatAFailedPartSaid() {
        assertThatThrownBy(() -> Bench.ask("epoch", SETTINGS, line -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("measurement epoch")
                .hasMessageContaining("yoochoose-100k (expected: the folder of the YOOCHOOSE sample; give --data)");
    }

    @Test
    void asksForEveryPairOfBodyAndTaskThatThereIs() {
        List<String> parts = Questions.of("pairs").parts();
        TransformerRegistry.tasks()
                .forEach(
                        (body, tasks) -> tasks.forEach(task -> assertThat(parts).contains(body + " " + task)));
        assertThat(parts).contains("baselines", "xlnet plm", "bert rtd").doesNotContain("gpt2 mlm");
    }

    @Test
    void refusesPartsThatAQuestionHasNot() {
        BenchSettings none =
                new BenchSettings("absent", 1, 1, 10_000, "200MB", 50, 1, 100, 1, List.of("gpt2 mlm", "nothing"));
        assertThatThrownBy(() -> Bench.ask("pairs", none, line -> {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--parts: [gpt2 mlm, nothing] (expected: text of some of [baselines, ");
    }

    @Test
    void measuresBodiesByLength() throws IOException {
        String part = "Reformer, hashing, 512 positions";
        BenchSettings alone = new BenchSettings("absent", 1, 1, 10_000, "200MB", 50, 1, 100, 1, List.of(part));
        Answer answer = Bench.ask("long", alone, line -> {});
        assertThat(answer.rows()).hasSize(1);
        assertThat(answer.rows().get(0).get(0)).isEqualTo(part);
        int column = answer.header().indexOf("ms");
        assertThat(Double.parseDouble(answer.rows().get(0).get(column).replace(",", "")))
                .isPositive();
    }

    @Test
    void measuresPassesOfEveryBodyInEverySize() throws IOException {
        List<String> parts = Questions.of("passes").parts();
        assertThat(parts).contains("bert, 128 x 20", "reformer local, 8 x 256", "reformer lsh, 2 x 512");
        TransformerRegistry.names().stream()
                .filter(name -> !name.equals("reformer"))
                .forEach(name -> assertThat(parts).contains(name + ", 2 x 512"));
        BenchSettings alone =
                new BenchSettings("absent", 1, 1, 10_000, "200MB", 50, 1, 100, 1, List.of("bert, 2 x 512"));
        Answer answer = Bench.ask("passes", alone, line -> {});
        assertThat(answer.header()).containsExactly("case", "ms", "processor, ms", "peak, MiB", "others, cores");
        assertThat(Double.parseDouble(answer.rows().get(0).get(1))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "events", "rate", "seconds", "steps", "epochs"})
    void refusesSettingsOutOfRange(String name) {
        assertThatThrownBy(() -> new BenchSettings(
                        "data",
                        1,
                        name.equals("threads") ? -1 : 0,
                        name.equals("events") ? 1 : 10_000,
                        "",
                        name.equals("rate") ? 0 : 1,
                        name.equals("seconds") ? 0 : 1,
                        name.equals("steps") ? 0 : 100,
                        name.equals("epochs") ? 0 : 1,
                        List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(name + ": ");
    }
}

package io.t4rec.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchLogTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T22:05:00Z"), ZoneOffset.UTC);
    private static final BenchSettings SETTINGS = new BenchSettings("data", 7, 0, 10_000, "", 1, 1, 100, 1, List.of());

    private static Answer answer() {
        List<Row> rows = List.of(
                Row.of("small").with("ms", 1.234, 1).share(0.0005, 0.001).with("peak, MiB", "9"),
                Row.of("large").with("ms", 1_234.5, 1).with("items", "40,000").with("peak, MiB", "10"));
        return Answer.of(Questions.of("train"), rows, List.of("floor one", "floor two"));
    }

    @Test
    void alignsColumnsAndPutsFloorsAndMemoryLast() {
        assertThat(answer().table()).isEqualTo("""
                        | case  | ms      | items  | floor, ms | share of floor | peak, MiB |
                        | ----- | ------- | ------ | --------- | -------------- | --------- |
                        | small | 1.2     |        | 0.500     | 50 %           | 9         |
                        | large | 1,234.5 | 40,000 |           |                | 10        |
                        """);
    }

    @Test
    void appendsBelowOneHeadingWithDateCommitSeedAndMachine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("benchmarks.md"), "# Benchmarks\n\nText.\n");
        BenchLog log = new BenchLog(file, CLOCK);
        log.append(answer(), SETTINGS);
        log.append(answer(), SETTINGS);
        String text = Files.readString(file);
        assertThat(text).startsWith("# Benchmarks\n\nText.\n\n## Runs\n\n### train, 2026-11-24 22:05 UTC, commit ");
        assertThat(text.lines().filter("## Runs"::equals)).hasSize(1);
        assertThat(text.lines().filter(line -> line.startsWith("### train")))
                .hasSize(2)
                .allMatch(line -> line.endsWith("seed 7"));
        assertThat(text).contains(" cores, ", "JDK ", "| small |").endsWith("\n\nfloor two\n");
    }

    @Test
    void makesAFileThatIsAbsent(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("new.md");
        new BenchLog(file, CLOCK).append(answer(), SETTINGS);
        assertThat(file).content().startsWith("# Benchmarks\n\n## Runs\n\n### train");
    }
}

package io.t4rec.bench;

import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Appends answers to a Markdown file, each with what is needed to measure it again. */
public final class BenchLog {
    private static final String HEADING = "## Runs";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

    private final Path file;
    private final Clock clock;

    /** @param file to append to; made when absent */
    public BenchLog(Path file) {
        this(file, Clock.systemUTC());
    }

    BenchLog(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /** Appends below the heading "Runs", which is the file's last one. */
    public void append(Answer answer, BenchSettings settings) throws IOException {
        String before = Files.exists(file) ? Files.readString(file).stripTrailing() : "# Benchmarks";
        String heading = before.lines().anyMatch(HEADING::equals) ? "" : "\n\n" + HEADING;
        String text = before + heading + "\n\n" + entry(answer, settings);
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String entry(Answer answer, BenchSettings settings) {
        return "### " + answer.name() + ", " + TIME.format(LocalDateTime.now(clock.withZone(ZoneOffset.UTC)))
                + " UTC, commit " + Machine.commit() + ", seed " + settings.seed() + "\n\n"
                + answer.asks() + " Goal: " + answer.goal() + "\n\n" + Machine.describe() + ".\n\n" + answer.table()
                + "\n" + answer.floors().get(answer.floors().size() - 1) + "\n";
    }
}

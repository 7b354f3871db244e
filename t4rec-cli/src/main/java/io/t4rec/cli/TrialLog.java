package io.t4rec.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.metrics.TaskMetric;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.train.search.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The trials of a search that have ended, one JSON object a line. */
final class TrialLog {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final List<Entry> entries;

    private TrialLog(Path file, List<Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /** How a trial ended. */
    enum State {
        /** By itself. */
        FINISHED,
        /** Given up, since others were better. */
        STOPPED,
        /** Its settings don't fit together, or the loss was no number any more. */
        REFUSED
    }

    /**
     * One trial.
     *
     * @param trial number from 1
     * @param settings by key
     * @param value of the best epoch; null when refused
     * @param epoch number of that epoch, from 1; 0 when refused
     * @param curve value after each epoch
     * @param seconds of the epochs, evaluation left out
     * @param message why it was refused; null otherwise
     */
    record Entry(
            int trial,
            State state,
            Map<String, Object> settings,
            @Nullable Double value,
            int epoch,
            List<Double> curve,
            double seconds,
            @Nullable String message) {
        /** @param sign 1, or -1 where lower is better: a search takes higher for better */
        Trial searched(int sign) {
            return new Trial(settings, value == null ? Double.NaN : sign * value);
        }
    }

    /** Reads a log; without a file it is empty. A line that a killed process left half is dropped. */
    static TrialLog open(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (line.endsWith("}")) {
                    entries.add(JSON.readValue(line, Entry.class));
                }
            }
        }
        return new TrialLog(file, entries);
    }

    void add(Entry entry) throws IOException {
        entries.add(entry);
        StringBuilder text = new StringBuilder();
        for (Entry each : entries) {
            text.append(line(each)).append('\n');
        }
        AtomicFiles.writeString(file, text.toString());
    }

    private static String line(Entry entry) {
        try {
            return JSON.writeValueAsString(entry);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("trial: " + entry + " (expected: plain values)", e);
        }
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /**
     * Trials with a value, the best first; of equal ones the earlier.
     *
     * @param metric whose value it is
     */
    List<Entry> ranked(String metric) {
        int sign = TaskMetric.isLowerBetter(metric) ? 1 : -1;
        return entries.stream()
                .filter(entry -> entry.value != null && !Double.isNaN(entry.value))
                .sorted(Comparator.comparingDouble((Entry entry) -> entry.value == null ? 0 : sign * entry.value))
                .toList();
    }

    long count(State state) {
        return entries.stream().filter(entry -> entry.state == state).count();
    }
}

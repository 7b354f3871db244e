package io.t4rec.bench;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Answers questions of speed, memory and quality by measuring; each part in a fresh Java machine. */
public final class Bench {
    private static final int LINES_KEPT = 20;

    private Bench() {}

    /** The questions by name, in the order in which {@code all} asks them. */
    public static Map<String, String> questions() {
        Map<String, String> questions = new LinkedHashMap<>();
        Questions.ALL.forEach(question -> questions.put(question.name(), question.asks()));
        return questions;
    }

    /** @throws ConfigException for a name that is no question's, with the nearest one */
    public static void requireKnown(String name) {
        Questions.of(name);
    }

    /**
     * Measures.
     *
     * @param name of a question
     * @param progress hears what is being done
     * @throws ConfigException for an unknown name, or parts that it has none of
     * @throws DataException when a part fails, with the last lines it told
     */
    public static Answer ask(String name, BenchSettings settings, Consumer<String> progress) throws IOException {
        Question question = Questions.of(name);
        List<Row> rows = new ArrayList<>();
        List<String> floors = new ArrayList<>();
        List<String> parts = question.parts().stream().filter(settings::asksFor).toList();
        if (parts.isEmpty()) {
            throw new ConfigException("--parts: " + settings.parts() + " (expected: text of some of " + question.parts()
                    + ", the parts of " + name + ")");
        }
        for (String part : parts) {
            progress.accept(name + ": " + part);
            BenchProcess.Outcome outcome = measure(question, part, settings, progress);
            rows.addAll(outcome.rows());
            floors.add(outcome.floors());
        }
        return Answer.of(question, rows, floors);
    }

    private static BenchProcess.Outcome measure(
            Question question, String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        Path folder = Files.createTempDirectory("t4rec-bench");
        try {
            Path in = folder.resolve("settings.json");
            Path out = folder.resolve("outcome.json");
            ConfigFiles.writeJson(in, settings);
            List<String> command = JavaCommand.of(
                    BenchProcess.class,
                    question.javaOptions(part),
                    List.of(question.name(), part, in.toString(), out.toString()));
            List<String> told = run(command, folder, progress);
            if (!Files.exists(out)) {
                throw new DataException("measurement " + question.name() + ", " + part + ": failed (expected: figures; "
                        + "its last lines: " + String.join(" / ", told) + ")");
            }
            return ConfigFiles.readJson(out, BenchProcess.Outcome.class);
        } finally {
            AtomicFiles.deleteTree(folder);
        }
    }

    private static List<String> run(List<String> command, Path temporary, Consumer<String> progress)
            throws IOException {
        command.add(1, "-Djava.io.tmpdir=" + temporary); // what it writes goes when it ends
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread end = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                progress.accept("  " + line);
                last.add(line);
                if (last.size() > LINES_KEPT) {
                    last.remove();
                }
            }
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("measurement: interrupted", e);
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(end);
        }
        return List.copyOf(last);
    }
}

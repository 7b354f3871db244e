package io.t4rec.cli;

import io.t4rec.bench.Answer;
import io.t4rec.bench.Bench;
import io.t4rec.bench.BenchLog;
import io.t4rec.bench.BenchSettings;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Measures speed, memory and quality. */
@CommandLine.Command(
        name = "bench",
        description = {
            "Measure speed, memory and quality, and print a table.",
            "%nEach part is measured in a Java machine of its own, on this machine as it is: other work disturbs, and the column 'others' says how many cores it used. Shares of the floor compare with what the hardware allows at that moment."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec bench --list",
            "  t4rec bench train",
            "  t4rec bench workflow --events 1000000 --memory-limit 1GB",
            "  t4rec bench pairs --epochs 3 --parts 'xlnet plm,bert'",
            "  t4rec bench all --append"
        })
final class BenchCommand extends Command {
    private static final String ALL = "all";

    @CommandLine.Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "What to measure, see --list; 'all' for everything, one after another.")
    private List<String> names = new ArrayList<>();

    @CommandLine.Option(names = "--list", description = "List what can be measured.")
    private boolean list;

    @CommandLine.Option(
            names = "--append",
            arity = "0..1",
            paramLabel = "FILE",
            fallbackValue = "docs/benchmarks.md",
            description =
                    "Append the tables to a Markdown file, with date, commit, seed and machine. Without FILE: ${FALLBACK-VALUE}.")
    private @Nullable Path append;

    @CommandLine.Option(
            names = "--data",
            defaultValue = "../shared/data",
            paramLabel = "DIR",
            description = "Folder that holds the folder yoochoose-100k. Default: ${DEFAULT-VALUE}.")
    private String data;

    @CommandLine.Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Of weights, masking, order and generated data. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @CommandLine.Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "Workers in training and evaluation; 0 for one a core. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @CommandLine.Option(
            names = "--events",
            defaultValue = "10000000",
            paramLabel = "N",
            description = "workflow, scale: events that are generated. Default: ${DEFAULT-VALUE}.")
    private long events;

    @CommandLine.Option(
            names = "--memory-limit",
            defaultValue = "",
            paramLabel = "SIZE",
            description =
                    "workflow, scale: most memory of the database, for instance 2GB. Default: 80 %% of the machine's.")
    private String memoryLimit;

    @CommandLine.Option(
            names = "--rate",
            defaultValue = "500",
            paramLabel = "N",
            description = "serve: requests a second. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @CommandLine.Option(
            names = "--seconds",
            defaultValue = "60",
            paramLabel = "N",
            description = "serve: how long requests are sent. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @CommandLine.Option(
            names = "--steps",
            defaultValue = "3000",
            paramLabel = "N",
            description =
                    "memory: training steps watched, and ten times as many recommendations. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @CommandLine.Option(
            names = "--epochs",
            defaultValue = "10",
            paramLabel = "N",
            description = "pairs: epochs that each body is trained on each task. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @CommandLine.Option(
            names = "--parts",
            split = ",",
            paramLabel = "TEXT",
            description =
                    "Measure only the parts of a question whose names begin with one of these texts, separated by commas. Default: all.")
    private List<String> parts = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    BenchCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        if (list) {
            return new LinkedHashMap<>(Bench.questions());
        }
        List<String> chosen =
                names.contains(ALL) ? List.copyOf(Bench.questions().keySet()) : names;
        if (chosen.isEmpty()) {
            throw new ConfigException("NAME: absent (expected: " + ALL + " or some of "
                    + Bench.questions().keySet() + ")");
        }
        chosen.forEach(Bench::requireKnown);
        BenchSettings settings =
                new BenchSettings(data, seed, threads, events, memoryLimit, rate, seconds, steps, epochs, parts);
        Map<String, Object> answers = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (String name : chosen) {
            try {
                answers.put(name, ask(name, settings));
            } catch (DataException e) {
                failures.add(String.valueOf(e.getMessage()));
                err().println("t4rec: " + e.getMessage());
            }
        }
        if (!failures.isEmpty()) {
            throw new DataException(failures.size() + " of " + chosen.size() + " measurements failed: " + failures);
        }
        return isJson() ? answers : Map.of();
    }

    private Object ask(String name, BenchSettings settings) throws IOException {
        long start = System.nanoTime();
        Answer answer = Bench.ask(name, settings, line -> {
            if (!isJson()) {
                err().println(line);
            }
        });
        if (!isJson()) {
            out().println("\n" + answer.name() + ": " + answer.asks());
            out().println("Goal: " + answer.goal() + "\n");
            out().println(answer.table());
            out().println(answer.floors().get(answer.floors().size() - 1));
            out().println("Took " + (System.nanoTime() - start) / 1_000_000_000L + " s.");
        }
        if (append != null) {
            new BenchLog(append).append(answer, settings);
        }
        return answer;
    }
}

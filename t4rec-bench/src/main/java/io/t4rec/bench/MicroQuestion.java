package io.t4rec.bench;

import io.t4rec.bench.micro.HeadBenchmark;
import io.t4rec.bench.micro.OptimizerBenchmark;
import io.t4rec.bench.micro.QuantisedBenchmark;
import io.t4rec.bench.micro.RequestBenchmark;
import io.t4rec.bench.micro.TopKBenchmark;
import io.t4rec.bench.micro.TrainingStepBenchmark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A question that a JMH class answers.
 *
 * @param benchmark the class
 * @param floor seconds that the hardware needs at least, by benchmark and parameters; 0 for no floor
 */
record MicroQuestion(String name, String asks, String goal, Class<?> benchmark, ToDoubleFunction<BenchmarkParams> floor)
        implements Question {
    private static final double MICROS = 1e6;

    /** Adam and its kin read and write gradient, value and moments: bytes of an element by algorithm. */
    private static final int ADAM_BYTES = 7 * Float.BYTES;

    private static final int ADAGRAD_BYTES = 5 * Float.BYTES;
    private static final int SGD_BYTES = 3 * Float.BYTES;

    static List<Question> all() {
        return List.of(
                new MicroQuestion(
                        "head",
                        "How long do loss and gradients of an exact softmax take, for 2,432 targets of width 64, one thread? The floor"
                                + " is its three matrix products.",
                        "above half of the floor at 40,000 items.",
                        HeadBenchmark.class,
                        params -> Floors.head(
                                HeadBenchmark.ROWS,
                                HeadBenchmark.WIDTH,
                                Integer.parseInt(params.getParam("items")),
                                1)),
                new MicroQuestion(
                        "step",
                        "How long do forward and backward pass of 64 sequences of 20 items take, the default model, one thread, without"
                                + " optimiser? The floor is the head's three matrix products.",
                        "none of its own; see train.",
                        TrainingStepBenchmark.class,
                        params -> Floors.head(
                                64 * (ZipfBatches.LENGTH - 1),
                                Models.WIDTH,
                                Integer.parseInt(params.getParam("items")),
                                1)),
                new MicroQuestion(
                        "optimizer",
                        "How long does a step of the optimiser take for a table of 40,000 x 64 with a dense gradient, one thread? The"
                                + " floor is the traffic of one pass over memory at the speed of a triad.",
                        "one pass over memory.",
                        OptimizerBenchmark.class,
                        params -> OptimizerBenchmark.ELEMENTS
                                * (double) bytes(params.getParam("kind"))
                                / Floors.triadBandwidth()),
                new MicroQuestion(
                        "top-k",
                        "How long do the 20 best of a million items take, scores given or made by a table of width 64, one thread? The"
                                + " floor is reading scores, or the table, once.",
                        "30 ms with scores.",
                        TopKBenchmark.class,
                        params -> Integer.parseInt(params.getParam("items"))
                                * (double) Float.BYTES
                                * (params.getBenchmark().endsWith("topOfScores") ? 1 : TopKBenchmark.WIDTH)
                                / Floors.readBandwidth()),
                new MicroQuestion(
                        "quantised",
                        "How long do the 20 best of a million product-quantised items take, 8 parts of vectors of width 64, one thread,"
                                + " another query each time? In a random table no item is like another, so nothing can be pruned; in a"
                                + " grouped one there are 1,000 groups of like items. The floor of the first is reading all codes once.",
                        "p99 below 10 ms.",
                        QuantisedBenchmark.class,
                        params -> params.getParam("table").equals("random")
                                ? (double) QuantisedBenchmark.ITEMS * QuantisedBenchmark.SPLITS / Floors.readBandwidth()
                                : 0),
                new MicroQuestion(
                        "request",
                        "What of a request is the workflow's, and what the whole? One session of 20 events, 20 items wanted, the default"
                                + " model, one thread.",
                        "the workflow a small part of the whole.",
                        RequestBenchmark.class,
                        params -> 0));
    }

    private static int bytes(String kind) {
        return switch (kind) {
            case "ADAM" -> ADAM_BYTES;
            case "ADAGRAD" -> ADAGRAD_BYTES;
            default -> SGD_BYTES;
        };
    }

    @Override
    public List<String> parts() {
        return List.of(benchmark.getSimpleName());
    }

    /** JMH runs within this process, which is fresh anyway, so that its peak of memory is seen. */
    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        Options options = new OptionsBuilder()
                .include(benchmark.getName() + "\\.")
                .forks(0)
                .verbosity(VerboseMode.SILENT)
                .build();
        List<Row> rows = new ArrayList<>();
        List<Runnable> floors = new ArrayList<>();
        try {
            for (RunResult result : new Runner(options).run()) {
                Row row = row(result);
                rows.add(row);
                BenchmarkParams params = result.getParams();
                double seconds = result.getPrimaryResult().getScore() / MICROS;
                floors.add(() -> {
                    double least = floor.applyAsDouble(params);
                    if (least > 0) {
                        row.share(least, seconds);
                    }
                });
            }
        } catch (RunnerException e) {
            throw new IOException("jmh: " + e.getMessage(), e);
        }
        return new Measured(rows, () -> floors.forEach(Runnable::run));
    }

    private static Row row(RunResult result) {
        BenchmarkParams params = result.getParams();
        String method = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
        String values = params.getParamsKeys().stream()
                .map(key -> ", " + key + " " + params.getParam(key))
                .collect(Collectors.joining());
        Result<?> primary = result.getPrimaryResult();
        double error = primary.getScoreError();
        Row row = Row.of(method + values).with("us", primary.getScore(), 1);
        if (params.getMode() == Mode.SampleTime) {
            row.with("p50, us", primary.getStatistics().getPercentile(50), 1)
                    .with("p99, us", primary.getStatistics().getPercentile(99), 1);
        }
        return Double.isNaN(error) ? row : row.with("error (99.9 %), us", error, 1);
    }
}

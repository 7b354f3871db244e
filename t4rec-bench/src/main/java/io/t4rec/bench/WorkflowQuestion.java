package io.t4rec.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Time of the workflow against SQL written by hand. */
final class WorkflowQuestion implements Question {
    private static final String PART = "usual session workflow";
    private static final int RUNS = 2;

    @Override
    public String name() {
        return "workflow";
    }

    @Override
    public String asks() {
        return "How long does the usual session workflow take (ids for item and category, price normalised, sessions of the newest 20"
                + " events, Parquet with zstd), fitted and applied, and how long does SQL written by hand for DuckDB, which sorts once"
                + " and then cuts? The quicker of two runs each, in turn, in one process; all cores.";
    }

    @Override
    public String goal() {
        return "at most 1.5 times the hand-written SQL, memory bounded by a setting (--memory-limit).";
    }

    @Override
    public List<String> parts() {
        return List.of(PART);
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        ShopEvents events = ShopEvents.generate(settings.events(), settings.seed(), progress);
        double ours = Double.POSITIVE_INFINITY;
        double byHand = Double.POSITIVE_INFINITY;
        String oursPeak = "";
        String byHandPeak = "";
        for (int run = 1; run <= RUNS; run++) {
            ProcessStatus.forgetPeak();
            double seconds = events.handWrittenSeconds(settings.memoryLimit());
            byHand = Math.min(byHand, seconds);
            byHandPeak = ProcessStatus.peakMebibytes();
            progress.accept(String.format(Locale.ROOT, "run %d: by hand %.1f s", run, seconds));
            ProcessStatus.forgetPeak();
            seconds = events.seconds(settings.memoryLimit());
            ours = Math.min(ours, seconds);
            oursPeak = ProcessStatus.peakMebibytes();
            progress.accept(String.format(Locale.ROOT, "run %d: ours %.1f s", run, seconds));
        }
        return Measured.of(List.of(Row.of(part)
                .with("events", events.count(), 0)
                .with("ours, s", ours, 1)
                .with("by hand, s", byHand, 1)
                .with("ratio", ours / byHand, 2)
                .with("events/s", events.count() / ours, 0)
                .with("memory limit", settings.memoryLimit().isEmpty() ? "none" : settings.memoryLimit())
                .with("ours, MiB", oursPeak)
                .with("by hand, MiB", byHandPeak)));
    }
}

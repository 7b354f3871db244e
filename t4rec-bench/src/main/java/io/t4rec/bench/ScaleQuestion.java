package io.t4rec.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** How time grows with the data. */
final class ScaleQuestion implements Question {
    private static final String EVENTS = "ten times the events, workflow fitted and applied";

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public String asks() {
        return "How many times as long does ten times as much take? Events of the invented shop through the workflow of the question"
                + " workflow, once each, after a run to warm up.";
    }

    @Override
    public String goal() {
        return "ten times the events at most 10 times as long; 100 million in at most 4 GiB of the database at most 12 times.";
    }

    @Override
    public List<String> parts() {
        return List.of(EVENTS);
    }

    @Override
    public Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException {
        ShopEvents few = ShopEvents.generate(settings.events() / 10, settings.seed(), EventOrder.BY_SESSION, progress);
        few.seconds(settings.database()); // warms up
        ProcessStatus.forgetPeak();
        double small = few.seconds(settings.database());
        String smallPeak = ProcessStatus.peakMebibytes();
        progress.accept(String.format(Locale.ROOT, "%,d events: %.1f s", few.count(), small));
        ShopEvents many = ShopEvents.generate(settings.events(), settings.seed(), EventOrder.BY_SESSION, progress);
        ProcessStatus.forgetPeak();
        double large = many.seconds(settings.database());
        String largePeak = ProcessStatus.peakMebibytes();
        return Measured.of(List.of(Row.of(part)
                .with("small", few.count(), 0)
                .with("s", small, 2)
                .with("MiB", smallPeak)
                .with("large", many.count(), 0)
                .with("s for it", large, 2)
                .with("MiB for it", largePeak)
                .with("memory limit", settings.memoryLimit().isEmpty() ? "none" : settings.memoryLimit())
                .with("size ratio", (double) many.count() / few.count(), 2)
                .with("time ratio", large / small, 2)));
    }
}

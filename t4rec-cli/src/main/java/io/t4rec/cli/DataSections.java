package io.t4rec.cli;

import io.t4rec.cli.report.Chart;
import io.t4rec.cli.report.Section;
import io.t4rec.cli.report.Section.Fact;
import io.t4rec.schema.ColumnSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The part of a report that tells of the data: figures, lengths, popularity. */
final class DataSections {
    private final PreparedData data;
    private final Map<String, SequenceStatistics> sequences = new LinkedHashMap<>();

    DataSections(PreparedData data) {
        this.data = data;
        ColumnSchema item = data.workflow().outputSchema().itemId();
        sequences.put("training", SequenceStatistics.of(data.train(), item));
        if (data.hasReported()) {
            sequences.put(data.hasTest() ? "test" : "evaluation", SequenceStatistics.of(data.reported(), item));
        }
    }

    List<Section> sections() throws IOException {
        List<Section> sections = new ArrayList<>(List.of(facts(), charts()));
        EventProfile profile = EventProfile.read(data.directory());
        if (profile != null) {
            sections.addAll(new ColumnSections(profile.names(), profile.profile()).sections());
        }
        return sections;
    }

    private Section facts() {
        List<Fact> rows = new ArrayList<>();
        rows.add(imported("imported events", events -> count(events.events())));
        rows.add(imported("imported sessions", events -> count(events.sessions())));
        rows.add(imported("items among them", events -> count(events.items())));
        rows.add(imported("first event", EventStatistics::first));
        rows.add(imported("last event", EventStatistics::last));
        rows.add(prepared("sequences for the model", found -> count(found.sequences())));
        rows.add(prepared("events in sequences", found -> count(found.events())));
        rows.add(prepared("known items in sequences", found -> count(found.items())));
        rows.add(prepared("events of unknown items", found -> count(found.unknownEvents())));
        rows.add(prepared(
                "density: events / (sequences × items)",
                found -> String.format(Locale.ROOT, "%.3g %%", 100 * found.density())));
        rows.add(prepared(
                "length: mean, median, longest",
                found -> String.format(
                        Locale.ROOT,
                        "%.2f, %d, %d",
                        found.lengths().mean(),
                        found.lengths().median(),
                        found.lengths().longest())));
        return new Section.Facts(
                "Data",
                "Above what was imported, below what the workflow made of it: sessions of a single event give no sequence, "
                        + "long ones are cut to their newest events.",
                List.copyOf(sequences.keySet()),
                rows);
    }

    private Fact imported(String name, Function<EventStatistics, String> figure) {
        List<String> values = new ArrayList<>(List.of(figure.apply(data.events().train())));
        if (data.hasReported()) {
            EventStatistics reported = data.events().reported();
            values.add(reported == null ? "–" : figure.apply(reported));
        }
        return new Fact(name, values);
    }

    private Fact prepared(String name, Function<SequenceStatistics, String> figure) {
        return new Fact(name, sequences.values().stream().map(figure).toList());
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private Section charts() {
        Map<String, Lengths> lengths = new LinkedHashMap<>();
        sequences.forEach((name, found) -> lengths.put(name, found.lengths()));
        List<Chart.Curve> popularity = new ArrayList<>();
        sequences.forEach((name, found) -> {
            double[] percent = found.popularity().clone();
            for (int i = 0; i < percent.length; i++) {
                percent[i] *= 100;
            }
            popularity.add(new Chart.Curve(name, SequenceStatistics.topPercent(), percent));
        });
        return new Section.Charts(
                "Lengths and popularity",
                "How long sequences are, and how much of all events falls on the most frequent items, ranked within each set.",
                List.of(
                        Lengths.chart("sequences", lengths),
                        new Chart.Lines(
                                "Popularity of items", "most frequent items, %", "% of the events", popularity)));
    }
}

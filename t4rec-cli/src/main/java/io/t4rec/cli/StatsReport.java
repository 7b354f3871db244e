package io.t4rec.cli;

import io.t4rec.cli.report.HtmlReport;
import io.t4rec.cli.report.Section;
import io.t4rec.cli.report.Section.Fact;
import io.t4rec.data.DataProfile;
import io.t4rec.data.DataProfile.ColumnProfile;
import io.t4rec.data.DataSummary.ColumnSummary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The page that {@code t4rec stats} writes.
 *
 * @param names of the data sets
 * @param time column of the events' times
 */
record StatsReport(List<String> names, DataProfile profile, String time) {
    String html() {
        List<Section> sections = new ArrayList<>();
        Map<String, Lengths> lengths = new LinkedHashMap<>();
        for (int set = 0; set < names.size(); set++) {
            lengths.put(names.get(set), new Lengths(profile.sets().get(set).lengths()));
        }
        sections.add(facts(lengths));
        if (lengths.values().stream().anyMatch(found -> found.total() > 0)) {
            sections.add(new Section.Charts(
                    "Sessions", "By the number of their events.", List.of(Lengths.chart("sessions", lengths))));
        }
        sections.addAll(new ColumnSections(names, profile).sections());
        return HtmlReport.render(
                "Data statistics",
                String.join(", and beside it ", names) + ". Written "
                        + Instant.now().truncatedTo(ChronoUnit.SECONDS) + ".",
                sections);
    }

    private Section facts(Map<String, Lengths> lengths) {
        List<Fact> rows = new ArrayList<>();
        rows.add(fact("rows", set -> count(profile.sets().get(set).rows())));
        rows.add(fact(
                "columns",
                set -> count(profile.columns().values().stream()
                        .filter(column -> column.summaries().get(set) != null)
                        .count())));
        List<Lengths> sets = List.copyOf(lengths.values());
        if (sets.stream().anyMatch(found -> found.total() > 0)) {
            rows.add(fact("sessions", set -> count(sets.get(set).total())));
            rows.add(fact(
                    "events in a session: mean, median, most",
                    set -> String.format(
                            Locale.ROOT,
                            "%.2f, %d, %d",
                            sets.get(set).mean(),
                            sets.get(set).median(),
                            sets.get(set).longest())));
        }
        ColumnProfile times = profile.columns().get(time);
        if (times != null) {
            rows.add(fact("first event", set -> end(times.summaries().get(set), 0)));
            rows.add(fact("last event", set -> end(times.summaries().get(set), 1)));
        }
        return new Section.Facts("Data", "", names, rows);
    }

    private static String end(@Nullable ColumnSummary summary, int which) {
        return summary == null || summary.times().isEmpty()
                ? "–"
                : summary.times().get(which);
    }

    private Fact fact(String name, Function<Integer, String> value) {
        List<String> values = new ArrayList<>();
        for (int set = 0; set < names.size(); set++) {
            values.add(value.apply(set));
        }
        return new Fact(name, values);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}

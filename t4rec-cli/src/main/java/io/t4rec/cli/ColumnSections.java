package io.t4rec.cli;

import io.t4rec.cli.report.Chart;
import io.t4rec.cli.report.Section;
import io.t4rec.cli.report.Section.Fact;
import io.t4rec.data.ColumnDrift;
import io.t4rec.data.DataProfile;
import io.t4rec.data.DataProfile.ColumnProfile;
import io.t4rec.data.DataSummary.ColumnSummary;
import io.t4rec.data.Histogram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The part of a report that tells what the columns of events hold, and how far two sets of events differ.
 *
 * @param names of the sets
 */
record ColumnSections(List<String> names, DataProfile profile) {
    private static final List<String> NUMBERS =
            List.of("min", "q5", "q25", "q50", "q75", "q95", "max", "mean", "deviation");
    private static final List<String> HEADINGS = List.of(
            "type",
            "values",
            "nulls",
            "not finite",
            "different",
            "least",
            "5 %",
            "25 %",
            "median",
            "75 %",
            "95 %",
            "greatest",
            "mean",
            "deviation");
    private static final String NOTHING = "–";

    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        if (names.size() > 1) {
            sections.add(drift());
        }
        for (int set = 0; set < names.size(); set++) {
            sections.add(columns(set));
        }
        List<Chart> charts = charts();
        if (!charts.isEmpty()) {
            sections.add(new Section.Charts(
                    "Distributions",
                    "Shares of all values. Of numbers and times a bar begins at its label, and the first and last take all that"
                            + " lies beyond, but for what is not finite; of other columns and of ids the most frequent values are shown.",
                    charts));
        }
        return sections;
    }

    private Section columns(int set) {
        List<Fact> rows = new ArrayList<>();
        profile.columns().forEach((name, column) -> {
            ColumnSummary summary = column.summaries().get(set);
            if (summary != null) {
                rows.add(row(name, summary));
            }
        });
        DataProfile.DataSet whole = profile.sets().get(set);
        String part = whole.profiled() == whole.rows()
                ? "All rows. "
                : String.format(
                        Locale.ROOT,
                        "Of the sessions with %,d of all %,d rows, which stand for the others. ",
                        whole.profiled(),
                        whole.rows());
        return new Section.Facts(
                "Columns of " + names.get(set), part + "Elements of lists count one by one.", HEADINGS, rows);
    }

    private static Fact row(String name, ColumnSummary summary) {
        List<String> values = new ArrayList<>();
        values.add(summary.type().toLowerCase(Locale.ROOT));
        values.add(count(summary.values()));
        values.add(count(summary.nulls()));
        values.add(count(summary.notFinite()));
        values.add(count(summary.distinct()));
        for (String number : NUMBERS) {
            Double value = summary.numbers().get(number);
            values.add(value == null ? NOTHING : number(value));
        }
        if (!summary.times().isEmpty()) {
            values.set(HEADINGS.indexOf("least"), summary.times().get(0));
            values.set(HEADINGS.indexOf("greatest"), summary.times().get(1));
        }
        return new Fact(name, values);
    }

    private Section drift() {
        List<Fact> rows = profile.columns().entrySet().stream()
                .filter(column -> column.getValue().drift() != null)
                .sorted(Comparator.comparingDouble(ColumnSections::notChance).reversed())
                .map(ColumnSections::drift)
                .toList();
        return new Section.Facts(
                "Drift",
                "How much the shares of a column's values differ between " + names.get(0) + " and " + names.get(1)
                        + ": half the sum of all differences, from 0 for the same shares to 1 for nothing in common. Numbers and"
                        + " times are compared by the tenths of " + names.get(0)
                        + ", other columns value by value. By chance is about what two sets of these sizes give when nothing has"
                        + " changed: small sets of many ids lie far apart. Large means more than 0.1 above that. Times are far"
                        + " apart wherever one set is later.",
                List.of("drift", "by chance", ""),
                rows);
    }

    private static double notChance(Map.Entry<String, ColumnProfile> column) {
        ColumnDrift drift = column.getValue().drift();
        return drift == null ? Double.NEGATIVE_INFINITY : drift.distance() - drift.byChance();
    }

    private static Fact drift(Map.Entry<String, ColumnProfile> column) {
        ColumnDrift drift = column.getValue().drift();
        if (drift == null) {
            return Fact.of(column.getKey(), NOTHING, NOTHING, "");
        }
        Fact fact = Fact.of(
                column.getKey(),
                String.format(Locale.ROOT, "%.3f", drift.distance()),
                String.format(Locale.ROOT, "%.3f", drift.byChance()),
                drift.exceedsChance() ? "large" : "");
        return drift.exceedsChance() ? fact.standingOut() : fact;
    }

    private List<Chart> charts() {
        List<Chart> charts = new ArrayList<>();
        profile.columns().forEach((name, column) -> {
            Histogram histogram = column.histogram();
            if (histogram != null) {
                charts.add(chart(name, histogram));
            }
        });
        return charts;
    }

    private Chart chart(String name, Histogram histogram) {
        List<Chart.Series> series = new ArrayList<>();
        for (int set = 0; set < names.size(); set++) {
            series.add(new Chart.Series(
                    names.get(set),
                    histogram.shares().get(set).stream()
                            .map(share -> Section.Figure.of(100 * share))
                            .toList()));
        }
        if (histogram.ranges()) {
            return new Chart.Bars(name, "", "% of the values", histogram.bins(), series);
        }
        boolean more = histogram.others().stream().anyMatch(share -> share > 0);
        String others = histogram.others().stream()
                .map(share -> String.format(Locale.ROOT, "%.1f", 100 * share))
                .collect(Collectors.joining(", "));
        return new Chart.Rows(name, "% of the values" + (more ? "; others " + others : ""), histogram.bins(), series);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.5g", value);
    }
}

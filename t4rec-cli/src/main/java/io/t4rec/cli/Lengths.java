package io.t4rec.cli;

import io.t4rec.cli.report.Chart;
import io.t4rec.cli.report.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * How long sequences or sessions are.
 *
 * @param counts number of them by length
 */
record Lengths(SortedMap<Integer, Long> counts) {
    private static final int MOST_BINS = 20;

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    double mean() {
        double events = counts.entrySet().stream()
                .mapToDouble(entry -> (double) entry.getKey() * entry.getValue())
                .sum();
        return events / Math.max(1, total());
    }

    /** Smallest length that at least half of them don't exceed. */
    int median() {
        long half = (total() + 1) / 2;
        long seen = 0;
        for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
            seen += entry.getValue();
            if (seen >= half) {
                return entry.getKey();
            }
        }
        return 0;
    }

    int longest() {
        return counts.isEmpty() ? 0 : counts.lastKey();
    }

    /** Share of those with lengths of at least {@code from} and less than {@code end}. */
    private double share(int from, int end) {
        long count = counts.subMap(from, end).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return (double) count / Math.max(1, total());
    }

    /**
     * Bars for several data sets, all lengths beyond the last bin in it.
     *
     * @param of what they are the lengths of, for instance {@code sequences}
     */
    static Chart chart(String of, Map<String, Lengths> sets) {
        // few very long sessions would press all others into one bar
        int shown =
                sets.values().stream().mapToInt(Lengths::almostLongest).max().orElse(1);
        int width = Math.max(1, (shown + MOST_BINS - 1) / MOST_BINS);
        int bins = Math.max(1, (shown + width - 1) / width);
        boolean open = sets.values().stream().anyMatch(lengths -> lengths.longest() > bins * width);
        List<String> names = new ArrayList<>();
        for (int bin = 0; bin < bins; bin++) {
            int from = 1 + bin * width;
            String to = width == 1 ? "" : "–" + (from + width - 1);
            names.add(from + (open && bin == bins - 1 ? "+" : to));
        }
        List<Chart.Series> series = new ArrayList<>();
        sets.forEach((name, lengths) -> {
            List<Section.Figure> shares = new ArrayList<>();
            for (int bin = 0; bin < bins; bin++) {
                int from = 1 + bin * width;
                int end = bin == bins - 1 ? Integer.MAX_VALUE : from + width;
                shares.add(Section.Figure.of(100 * lengths.share(from, end)));
            }
            series.add(new Chart.Series(name, shares));
        });
        return new Chart.Bars("Length of " + of, "events", "% of the " + of, names, series);
    }

    /** Smallest length that all but one in a hundred don't exceed. */
    private int almostLongest() {
        long wanted = total() - total() / 100;
        long seen = 0;
        for (Map.Entry<Integer, Long> entry : counts.entrySet()) {
            seen += entry.getValue();
            if (seen >= wanted) {
                return entry.getKey();
            }
        }
        return 1;
    }
}

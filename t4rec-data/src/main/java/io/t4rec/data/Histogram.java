package io.t4rec.data;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a column are spread, of one data set or of several in the same bins.
 *
 * @param ranges whether bins are ranges of numbers or times in their order, else single values
 * @param bins names: of numbers and times where a bin begins, the first and last bin being open; of other columns the most frequent
 *     values; last {@code null} where values are missing
 * @param shares for each data set the share of each bin, from 0 to 1
 * @param others for each data set the share of all values that no bin is for: of ranges those that are not finite
 */
public record Histogram(boolean ranges, List<String> bins, List<List<Double>> shares, List<Double> others) {
    private static final int RANGES = 16;
    private static final int VALUES = 10;
    private static final int LONGEST_NAME = 24;
    private static final double LOW = 0.01;
    private static final long TWO_DAYS = 2L * 24 * 60 * 60 * 1_000_000;

    /**
     * Counts values of several data sets.
     *
     * @param sets of which at least one has the column; null for one that lacks it
     */
    static Histogram of(List<@Nullable ColumnValues> sets) {
        List<ColumnValues> present = new ArrayList<>();
        for (ColumnValues set : sets) {
            if (set != null) {
                present.add(set);
            }
        }
        ColumnValues first = present.get(0);
        boolean ordered =
                first.kind() != ColumnValues.Kind.OTHER && present.stream().allMatch(set -> set.kind() == first.kind());
        boolean few = present.stream().allMatch(set -> set.distinct() <= VALUES);
        Bins bins = ordered && !few ? ranges(present) : values(present, ordered && few);
        List<long[]> counts = new ArrayList<>();
        long missing = 0;
        for (ColumnValues set : sets) {
            long[] found = new long[bins.others() + 1];
            if (set != null) {
                set.database()
                        .forEach(
                                "select " + bins.place(set) + ", count(*) from " + set.sql() + " group by 1",
                                row -> found[row.getInt(1)] = row.getLong(2));
            }
            counts.add(found);
            missing += found[bins.missing()];
        }
        List<String> names = new ArrayList<>(bins.names);
        if (missing > 0) {
            names.add("null");
        }
        return new Histogram(
                bins.ranges,
                List.copyOf(names),
                counts.stream()
                        .map(found -> shares(found).subList(0, names.size()))
                        .toList(),
                counts.stream().map(found -> shares(found).get(bins.others())).toList());
    }

    private static List<Double> shares(long[] counts) {
        long total = Math.max(1, Arrays.stream(counts).sum());
        return Arrays.stream(counts).mapToObj(count -> (double) count / total).toList();
    }

    /**
     * Where values lie.
     *
     * @param names of the bins
     * @param values text of each value by its bin; empty for ranges
     * @param low where the second range begins less a width
     */
    private record Bins(boolean ranges, List<String> names, List<String> values, double low, double width) {
        /** Number of the bin of missing values. */
        int missing() {
            return names.size();
        }

        /** Number of the bin of all that have none. */
        int others() {
            return names.size() + 1;
        }

        /** SQL of the number of a value's bin. */
        String place(ColumnValues set) {
            String ofNull = "case when value is null then " + missing();
            if (!ranges) {
                StringBuilder place = new StringBuilder(ofNull);
                for (int i = 0; i < values.size(); i++) {
                    place.append(" when cast(value as varchar) = " + Database.literal(values.get(i)) + " then " + i);
                }
                return place + " else " + others() + " end";
            }
            return ofNull + " when not isfinite(" + set.number() + ") then " + others() + " else cast(least("
                    + (names.size() - 1) + ", greatest(0, floor((" + set.number() + " - (" + low + ")) / " + width
                    + "))) as integer) end";
        }
    }

    private static Bins ranges(List<ColumnValues> sets) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (ColumnValues set : sets) {
            double[] ends = {Double.NaN, Double.NaN};
            set.database()
                    .forEach(
                            "select quantile_cont(x, " + LOW + "), quantile_cont(x, " + (1 - LOW) + ") from (select "
                                    + set.number() + " as x from " + set.sql() + ") where isfinite(x)",
                            row -> {
                                ends[0] = row.getDouble(1);
                                ends[1] = row.wasNull() ? Double.NaN : row.getDouble(2);
                            });
            if (!Double.isNaN(ends[1])) {
                low = Math.min(low, ends[0]);
                high = Math.max(high, ends[1]);
            }
        }
        if (!(low < high)) {
            return new Bins(true, List.of(label(sets.get(0), low, 0)), List.of(), Double.isFinite(low) ? low : 0, 1);
        }
        boolean whole = sets.stream().allMatch(ColumnValues::isWhole);
        low = whole ? Math.floor(low) : low;
        // the difference of low and high may be no finite number
        double width = whole ? Math.ceil((Math.ceil(high) - low + 1) / RANGES) : high / RANGES - low / RANGES;
        int count = whole ? (int) Math.min(RANGES, Math.ceil((Math.ceil(high) - low + 1) / width)) : RANGES;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(label(sets.get(0), low + i * width, high - low));
        }
        return new Bins(true, names, List.of(), low, width);
    }

    private static String label(ColumnValues set, double value, double span) {
        if (set.kind() == ColumnValues.Kind.TIME && Double.isFinite(value)) {
            String time = Instant.EPOCH
                    .plus((long) value, ChronoUnit.MICROS)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
            return span > TWO_DAYS ? time.substring(0, time.indexOf('T')) : time.substring(time.indexOf('T') + 1);
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.4g", value);
    }

    /** The values that are most frequent, the sets counting the same; numbers that are few in their order. */
    private static Bins values(List<ColumnValues> sets, boolean ordered) {
        StringBuilder all = new StringBuilder();
        for (ColumnValues set : sets) {
            all.append(all.isEmpty() ? "" : " union all ");
            all.append("(select cast(value as varchar) as value, count(*) / sum(count(*)) over () as share, ")
                    .append(ordered ? set.number() : "0")
                    .append(" as place from " + set.sql() + " where value is not null group by value)");
        }
        List<String> values = new ArrayList<>();
        sets.get(0)
                .database()
                .forEach(
                        "select value from (select value, sum(share) as share, min(place) as place from (" + all
                                + ") group by value order by share desc, value limit " + (ordered ? 2 * VALUES : VALUES)
                                + ") order by " + (ordered ? "place" : "share desc, value"),
                        row -> values.add(row.getString(1)));
        List<String> names = new ArrayList<>();
        for (String value : values) {
            names.add(value.length() > LONGEST_NAME ? value.substring(0, LONGEST_NAME - 1) + "…" : value);
        }
        return new Bins(false, names, values, 0, 0);
    }
}

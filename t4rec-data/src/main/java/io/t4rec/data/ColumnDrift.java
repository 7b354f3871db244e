package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much a column differs between two data sets: half the sum of the differences of the shares of all values (total variation). Numbers
 * and times with more than {@value #BINS} different values are compared by the tenths of the first data set; others value by value, null
 * being one, and so are numbers that are not finite.
 *
 * @param distance from 0 for the same shares to 1 for nothing in common
 * @param byChance about what the distance would be if both were drawn at random from the two together. Small sets of many
 *     different values, such as item ids, lie far apart by chance alone
 */
public record ColumnDrift(double distance, double byChance) {
    private static final int BINS = 10;
    private static final double LARGE = 0.1;

    /** Whether the distance is more than 0.1 above that by chance. */
    public boolean exceedsChance() {
        return distance - byChance > LARGE;
    }

    /**
     * Compares the columns that two data sets have in common, with values of the same kind.
     *
     * @param first location as {@link DataSummary#of} takes it
     * @param second the other location
     * @return by column, in the order of the first; columns without values in one of them are left out
     * @throws DataException when there is nothing that can be read
     */
    public static Map<String, ColumnDrift> between(String first, String second) {
        try (Database database = Database.open()) {
            return between(
                    Relation.of(database, DataSource.of(first), null),
                    Relation.of(database, DataSource.of(second), null));
        }
    }

    private static Map<String, ColumnDrift> between(Relation first, Relation second) {
        Map<String, ColumnDrift> drift = new LinkedHashMap<>();
        for (String name : first.types().keySet()) {
            ColumnValues values = first.values(name);
            ColumnValues others = second.values(name);
            ColumnDrift found = values == null || others == null ? null : between(values, others);
            if (found != null) {
                drift.put(name, found);
            }
        }
        return drift;
    }

    /** Null when values can't be compared, or one of the two has none. */
    static @Nullable ColumnDrift between(ColumnValues first, ColumnValues second) {
        if (first.kind() != second.kind()) {
            return null;
        }
        boolean tenths = first.kind() != ColumnValues.Kind.OTHER && first.distinct() > BINS;
        String from = "with bounds as (select " + (tenths ? bounds(first) : "0") + "), a as ("
                + counts(first, tenths) + "), b as (" + counts(second, tenths) + "), "
                + "both_sets as (select coalesce(a.n, 0) as n1, coalesce(b.n, 0) as n2 from a full join b"
                + " on a.value is not distinct from b.value), "
                + "totals as (select sum(n1) as t1, sum(n2) as t2 from both_sets), "
                + "shares as (select n1 / t1 as p1, n2 / t2 as p2, (n1 + n2) / (t1 + t2) as p, t1, t2"
                + " from both_sets, totals where t1 > 0 and t2 > 0) ";
        // the mean distance of two binomial shares by the normal law; of rare values it is at most the sum of the two
        String chance = "least(2 * p, sqrt(2 / pi() * p * (1 - p) * (1 / t1 + 1 / t2)))";
        ColumnDrift[] found = new ColumnDrift[1];
        first.database().forEach(from + "select sum(abs(p1 - p2)) / 2, sum(" + chance + ") / 2 from shares", row -> {
            double distance = row.getDouble(1);
            if (!row.wasNull()) {
                found[0] = new ColumnDrift(distance, row.getDouble(2));
            }
        });
        return found[0];
    }

    private static String bounds(ColumnValues values) {
        StringBuilder bounds = new StringBuilder();
        for (int bin = 1; bin < BINS; bin++) {
            bounds.append(bin == 1 ? "" : ", ")
                    .append("(select quantile_cont(" + values.number() + ", " + (double) bin / BINS
                            + ") filter (isfinite(" + values.number() + ")) from " + values.sql() + ") as b" + bin);
        }
        return bounds.toString();
    }

    private static String counts(ColumnValues values, boolean tenths) {
        StringBuilder key = new StringBuilder("cast(value as varchar)");
        if (tenths) {
            key = new StringBuilder(
                    "case when value is null then null when not isfinite(" + values.number() + ") then 0");
            for (int bin = 1; bin < BINS; bin++) {
                key.append(" when " + values.number() + " < (select b" + bin + " from bounds) then " + bin);
            }
            key.append(" else " + BINS + " end");
        }
        return "select " + key + " as value, count(*) as n from " + values.sql() + " group by 1";
    }
}

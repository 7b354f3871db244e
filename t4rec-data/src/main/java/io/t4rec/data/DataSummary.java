package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the columns of a data set hold. Of lists, the elements count one by one.
 *
 * @param rows number of rows
 * @param columns by name, in order
 */
public record DataSummary(long rows, Map<String, ColumnSummary> columns) {
    /** What DuckDB says of deviations whose squares are no numbers. */
    private static final String TOO_LARGE = "is out of range";

    /** Quantiles that are found of numbers. */
    private static final List<Double> QUANTILES = List.of(0.05, 0.25, 0.5, 0.75, 0.95);

    /**
     * One column.
     *
     * @param type in DuckDB's words
     * @param values number of values, of numbers the finite ones
     * @param nulls number of missing values
     * @param notFinite number of values that are NaN or infinite
     * @param distinct number of different values, of numbers the finite ones
     * @param numbers of finite numbers {@code min}, {@code q5}, {@code q25}, {@code q50}, {@code q75}, {@code q95}, {@code max}, {@code mean}
     *     and {@code deviation} (of the sample), those that are no finite number left out; empty for others and without values
     * @param times of times the first and the last, in words; empty for others and without values
     */
    public record ColumnSummary(
            String type,
            long values,
            long nulls,
            long notFinite,
            long distinct,
            Map<String, Double> numbers,
            List<String> times) {}

    /**
     * Summarises files.
     *
     * @param location a file of Parquet, CSV (with a header) or JSON lines, a folder or a pattern, as {@link DataSource} takes them
     * @throws DataException when there is nothing that can be read
     */
    public static DataSummary of(String location) {
        try (Database database = Database.open()) {
            return of(Relation.of(database, DataSource.of(location), null));
        }
    }

    static DataSummary of(Relation rows) {
        Map<String, ColumnSummary> columns = new LinkedHashMap<>();
        for (String name : rows.types().keySet()) {
            ColumnValues values = rows.values(name);
            if (values != null) {
                columns.put(name, summary(values));
            }
        }
        return new DataSummary(rows.rows(), columns);
    }

    static ColumnSummary summary(ColumnValues column) {
        try {
            return summary(column, true);
        } catch (DataException e) {
            if (column.kind() != ColumnValues.Kind.NUMBER
                    || !String.valueOf(e.getMessage()).contains(TOO_LARGE)) {
                throw e;
            }
            return summary(column, false);
        }
    }

    private static ColumnSummary summary(ColumnValues column, boolean deviation) {
        ColumnValues.Kind kind = column.kind();
        String finite = kind == ColumnValues.Kind.NUMBER ? " filter (isfinite(" + column.number() + "))" : "";
        String values = "count(value)" + finite;
        List<String> parts = new ArrayList<>(List.of(
                values, "count(*) - count(value)", "count(value) - " + values, "count(distinct value)" + finite));
        int counted = parts.size();
        List<String> names = new ArrayList<>();
        if (kind == ColumnValues.Kind.NUMBER) {
            names.add("min");
            parts.add("min(" + column.number() + ")" + finite);
            for (double quantile : QUANTILES) {
                names.add("q" + Math.round(100 * quantile));
                parts.add("quantile_cont(" + column.number() + ", " + quantile + ")" + finite);
            }
            Map<String, String> others = new LinkedHashMap<>();
            others.put("max", "max");
            others.put("mean", "avg");
            if (deviation) {
                others.put("deviation", "stddev_samp");
            }
            others.forEach((name, aggregate) -> {
                names.add(name);
                parts.add(aggregate + "(" + column.number() + ")" + finite);
            });
        } else if (kind == ColumnValues.Kind.TIME) {
            parts.addAll(List.of(column.words("min(value)"), column.words("max(value)")));
        }
        long[] counts = new long[counted];
        Map<String, Double> numbers = new LinkedHashMap<>();
        List<String> times = new ArrayList<>();
        column.database().forEach("select " + String.join(", ", parts) + " from " + column.sql(), row -> {
            for (int i = 0; i < counted; i++) {
                counts[i] = row.getLong(i + 1);
            }
            for (int i = 0; i < names.size(); i++) {
                double value = row.getDouble(counted + i + 1);
                if (!row.wasNull() && Double.isFinite(value)) {
                    numbers.put(names.get(i), value);
                }
            }
            if (kind == ColumnValues.Kind.TIME && counts[0] > 0) {
                times.add(row.getString(counted + 1));
                times.add(row.getString(counted + 2));
            }
        });
        return new ColumnSummary(column.type(), counts[0], counts[1], counts[2], counts[3], numbers, times);
    }
}

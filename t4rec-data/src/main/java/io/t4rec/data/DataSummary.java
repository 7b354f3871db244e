package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the columns of a data set hold. Of lists, the elements count one by one.
 *
 * @param rows number of rows
 * @param columns by name, in order
 */
public record DataSummary(long rows, Map<String, ColumnSummary> columns) {
    /** Quantiles that are found of numbers. */
    private static final List<Double> QUANTILES = List.of(0.05, 0.25, 0.5, 0.75, 0.95);

    private static final int BINS = 10;

    /**
     * One column.
     *
     * @param type in DuckDB's words
     * @param values number of values
     * @param nulls number of missing values
     * @param distinct number of different values
     * @param numbers of numbers {@code min}, {@code q5}, {@code q25}, {@code q50}, {@code q75}, {@code q95}, {@code max}, {@code mean} and
     *     {@code deviation} (of the sample); empty for others and without values
     */
    public record ColumnSummary(String type, long values, long nulls, long distinct, Map<String, Double> numbers) {}

    /**
     * Summarises files.
     *
     * @param location a Parquet, CSV (with a header) or JSON lines file, a folder of Parquet files, or a pattern such as {@code logs/*.csv}
     * @throws DataException when there is nothing that can be read
     */
    public static DataSummary of(String location) {
        try (Database database = Database.open()) {
            String source = source(location);
            Map<String, ColumnSummary> columns = new LinkedHashMap<>();
            database.describe("select * from " + source)
                    .forEach((name, type) -> columns.put(name, summary(database, source, name, type)));
            return new DataSummary(database.number("select count(*) from " + source), columns);
        } catch (DataException e) {
            throw new DataException(location + ": " + e.getMessage(), e);
        }
    }

    private static String source(String location) {
        String lower = location.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        if (lower.endsWith(".csv") || lower.endsWith(".tsv") || lower.endsWith(".txt")) {
            return "read_csv(" + Database.literal(location) + ")";
        }
        if (lower.endsWith(".json") || lower.endsWith(".jsonl")) {
            return "read_json(" + Database.literal(location) + ")";
        }
        boolean folder = Files.isDirectory(Path.of(location));
        return "read_parquet(" + Database.literal(folder ? location + "/**/*.parquet" : location) + ")";
    }

    private static String values(String source, String column, String type) {
        String name = Database.identifier(column);
        return "(select " + (type.endsWith("[]") ? "unnest(" + name + ")" : name) + " as value from " + source + ")";
    }

    private static boolean isNumber(String type) {
        String element = type.replace("[]", "");
        return Set.of("FLOAT", "DOUBLE").contains(element)
                || element.startsWith("DECIMAL")
                || (element.contains("INT") && !element.contains("(") && !element.equals("INTERVAL"));
    }

    private static ColumnSummary summary(Database database, String source, String column, String type) {
        List<String> parts =
                new ArrayList<>(List.of("count(value)", "count(*) - count(value)", "count(distinct value)"));
        List<String> names = new ArrayList<>();
        if (isNumber(type)) {
            String number = "cast(value as double)";
            names.add("min");
            parts.add("min(" + number + ")");
            for (double quantile : QUANTILES) {
                names.add("q" + Math.round(100 * quantile));
                parts.add("quantile_cont(" + number + ", " + quantile + ")");
            }
            names.addAll(List.of("max", "mean", "deviation"));
            parts.addAll(List.of("max(" + number + ")", "avg(" + number + ")", "stddev_samp(" + number + ")"));
        }
        long[] counts = new long[3];
        Map<String, Double> numbers = new LinkedHashMap<>();
        database.forEach("select " + String.join(", ", parts) + " from " + values(source, column, type), row -> {
            for (int i = 0; i < counts.length; i++) {
                counts[i] = row.getLong(i + 1);
            }
            for (int i = 0; i < names.size(); i++) {
                double value = row.getDouble(counts.length + i + 1);
                if (!row.wasNull()) {
                    numbers.put(names.get(i), value);
                }
            }
        });
        return new ColumnSummary(type, counts[0], counts[1], counts[2], numbers);
    }

    /**
     * How much the columns that both have differ between two data sets: half the sum of the differences of all shares (total variation),
     * from 0 for the same shares to 1 for nothing in common. Numbers with more than {@value #BINS} different values are compared by the
     * tenths of the first; others value by value, null being one.
     *
     * @param first location as {@link #of} takes it
     * @param second the other location
     */
    public static Map<String, Double> drift(String first, String second) {
        try (Database database = Database.open()) {
            Map<String, String> types = database.describe("select * from " + source(first));
            Map<String, String> others = database.describe("select * from " + source(second));
            Map<String, Double> drift = new LinkedHashMap<>();
            types.forEach((name, type) -> {
                String other = others.get(name);
                if (other != null && isNumber(type) == isNumber(other)) {
                    drift.put(
                            name,
                            drift(
                                    database,
                                    values(source(first), name, type),
                                    values(source(second), name, other),
                                    isNumber(type)));
                }
            });
            return drift;
        } catch (DataException e) {
            throw new DataException(first + ", " + second + ": " + e.getMessage(), e);
        }
    }

    private static double drift(Database database, String first, String second, boolean numbers) {
        String key = "cast(value as varchar)";
        if (numbers && database.number("select count(distinct value) from " + first) > BINS) {
            List<String> bounds = new ArrayList<>();
            for (int bin = 1; bin < BINS; bin++) {
                bounds.add("(select quantile_cont(cast(value as double), " + (double) bin / BINS + ") from " + first
                        + ")");
            }
            StringBuilder tenth = new StringBuilder("case when value is null then null");
            database.execute("create or replace temp table bounds as select " + String.join(", ", named(bounds)));
            for (int bin = 1; bin < BINS; bin++) {
                tenth.append(" when cast(value as double) < (select b")
                        .append(bin)
                        .append(" from bounds) then ")
                        .append(bin);
            }
            key = "cast(" + tenth + " else " + BINS + " end as varchar)";
        }
        double[] distance = new double[1];
        database.forEach(
                "select coalesce(sum(abs(coalesce(a.share, 0) - coalesce(b.share, 0))) / 2, 0) from "
                        + shares(first, key) + " a full join " + shares(second, key)
                        + " b on a.value is not distinct from b.value",
                row -> distance[0] = row.getDouble(1));
        return distance[0];
    }

    private static List<String> named(List<String> bounds) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < bounds.size(); i++) {
            named.add(bounds.get(i) + " as b" + (i + 1));
        }
        return named;
    }

    private static String shares(String values, String key) {
        return "(select " + key + " as value, count(*) / sum(count(*)) over () as share from " + values
                + " group by 1)";
    }
}

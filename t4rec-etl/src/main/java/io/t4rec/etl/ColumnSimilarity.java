package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How alike the things that two columns name are, by vectors that come in a file: a new column {@code LEFT_RIGHT_sim}. Null where either has
 * no vector. The vectors become part of the fitted workflow.
 *
 * @param left column of keys, integers or text
 * @param right column of keys
 * @param vectors Parquet or JSON lines file with a column of keys and one of lists of numbers, all of one length
 * @param key its column of keys; default {@code key}
 * @param vector its column of vectors; default {@code vector}
 * @param metric how vectors are compared; default COSINE
 */
public record ColumnSimilarity(
        String left,
        String right,
        String vectors,
        @Nullable String key,
        @Nullable String vector,
        Metric metric) implements Operator {
    private static final String OPERATOR = "column-similarity";
    private static final String VECTOR = "vector";

    /** How vectors are compared. */
    public enum Metric {
        /** Inner product of the vectors. */
        INNER,
        /** Inner product of the vectors at length 1. */
        COSINE,
        /** The same, after each number is weighed by ln(vectors / vectors that have it): counts of words. */
        TFIDF
    }

    /** @throws ConfigException without columns or file */
    public ColumnSimilarity {
        if (left == null || right == null || vectors == null) {
            throw new ConfigException(OPERATOR + ": left " + left + ", right " + right + ", vectors " + vectors
                    + " (expected: two columns and a file)");
        }
        key = key == null ? "key" : key;
        vector = vector == null ? VECTOR : vector;
        metric = metric == null ? Metric.COSINE : metric;
    }

    @Override
    public boolean needsData() {
        return true;
    }

    private String name(Input input) {
        return input.key(left + "_" + right, "vectors");
    }

    @Override
    public void arrange(Input input, FittedState state) {
        String keys = key == null ? "key" : key;
        String column = vector == null ? VECTOR : vector;
        KeyedTable read = new ExternalTable(vectors).read(List.of(keys), List.of(column), false);
        double[][] rows = rows(read.table().column(column), read.keys());
        weigh(rows);
        state.tables().put(name(input), table(read.table().column(KeyedTable.KEY), rows));
    }

    @Override
    public Map<String, Long> kept(Input input, FittedState state) {
        return Map.of(name(input), (long) state.table(name(input)).keys().size());
    }

    private double[][] rows(Column column, List<Object> keys) {
        if (!(column instanceof Column.Lists lists)) {
            throw new DataException("vectors " + vectors + ", column " + vector + " (expected: lists of numbers)");
        }
        double[][] rows = new double[lists.size()][];
        for (int row = 0; row < rows.length; row++) {
            Column values = lists.value(row);
            rows[row] = new double[values.size()];
            for (int i = 0; i < rows[row].length; i++) {
                rows[row][i] = values.value(i) instanceof Number number ? number.doubleValue() : Double.NaN;
            }
            boolean finite = Arrays.stream(rows[row]).allMatch(Double::isFinite);
            if (rows[row].length == 0 || rows[row].length != rows[0].length || !finite) {
                throw new DataException("vectors " + vectors + ", key " + keys.get(row) + ": " + rows[row].length
                        + " numbers (expected: " + rows[0].length + " finite ones, as of the others)");
            }
        }
        return rows;
    }

    private void weigh(double[][] rows) {
        if (metric == Metric.TFIDF && rows.length > 0) {
            for (int i = 0; i < rows[0].length; i++) {
                int place = i;
                long with = Arrays.stream(rows).filter(row -> row[place] != 0).count();
                double weight = with == 0 ? 0 : Math.log((double) rows.length / with);
                Arrays.stream(rows).forEach(row -> row[place] *= weight);
            }
        }
        if (metric != Metric.INNER) {
            for (double[] row : rows) {
                double length = Math.sqrt(Arrays.stream(row).map(x -> x * x).sum());
                for (int i = 0; i < row.length && length > 0; i++) {
                    row[i] /= length;
                }
            }
        }
    }

    private static KeyedTable table(Column keys, double[][] rows) {
        int[] offsets = new int[rows.length + 1];
        Arrays.setAll(offsets, i -> i * (rows.length == 0 ? 0 : rows[0].length));
        double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
        return new KeyedTable(
                Table.of(Map.of(KeyedTable.KEY, keys, VECTOR, new Column.Lists(Column.of(flat), offsets))));
    }

    @Override
    public Built build(Input input, FittedState state) {
        GroupKey.require(input, OPERATOR, List.of(left, right));
        ExternalTable.requireKeys(input, OPERATOR, List.of(left), state.table(name(input)));
        ExternalTable.requireKeys(input, OPERATOR, List.of(right), state.table(name(input)));
        String added = left + "_" + right + "_sim";
        input.requireNew(OPERATOR, added);
        Expr similarity = Expr.call(
                Expr.Function.DOT,
                new Expr.LookupColumn(name(input), VECTOR, Expr.column(left)),
                new Expr.LookupColumn(name(input), VECTOR, Expr.column(right)));
        return new Built(
                List.of(new Step.Project(Map.of(added, similarity))),
                input.schema()
                        .plus(Schema.of(
                                ColumnSchema.scalar(added, DType.FLOAT64).withTags(Tag.CONTINUOUS))));
    }
}

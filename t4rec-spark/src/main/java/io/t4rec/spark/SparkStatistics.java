package io.t4rec.spark;

import io.t4rec.etl.Expr;
import io.t4rec.etl.FittedState;
import io.t4rec.etl.Statistic;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Finds out statistics with Spark. */
final class SparkStatistics {
    private final SparkSession session;
    private final SparkDialect dialect;
    private final SparkState state;

    SparkStatistics(SparkSession session, SparkDialect dialect, SparkState state) {
        this.session = session;
        this.dialect = dialect;
        this.state = state;
    }

    /** A statistic of a relation. */
    FittedState find(Statistic statistic, String relation, Schema schema) {
        FittedState found = new FittedState();
        if (statistic instanceof Statistic.Counts counts) {
            Vocabulary vocabulary = counts(counts, relation, schema);
            counts.names().forEach(name -> found.vocabularies().put(name, vocabulary));
        } else if (statistic instanceof Statistic.Moments moments) {
            moments(moments, relation, schema, found);
        } else if (statistic instanceof Statistic.Range range) {
            put(found, range.name(), List.of("min", "max"), numbers(range.column(), relation, schema));
        } else if (statistic instanceof Statistic.Median median) {
            put(found, median.name(), List.of("median"), numbers(median.column(), relation, schema));
        } else if (statistic instanceof Statistic.Lengths lengths) {
            String length = "select cast(size(" + dialect.identifier(lengths.column()) + ") as double) as value from "
                    + relation;
            put(found, lengths.name(), List.of("min", "max"), length);
        } else if (statistic instanceof Statistic.Smallest smallest) {
            String key = dialect.identifier(smallest.key());
            String sql = "select " + key + " as value, min(" + dialect.identifier(smallest.number())
                    + ") as number from " + relation + " where " + key + " is not null group by " + key;
            found.numbers().put(smallest.name(), state.numbers(sql));
        } else {
            throw new ConfigException("statistic: " + statistic
                    + " (expected: one that Spark finds out; fit the workflow with DuckDB, it runs on Spark then)");
        }
        return found;
    }

    private Vocabulary counts(Statistic.Counts counts, String relation, Schema schema) {
        String values = counts.values().stream()
                .map(value -> dialect.values(value, relation, schema))
                .collect(Collectors.joining(" union all "));
        return state.vocabulary(
                "select value, count(*) as count from (" + values
                        + ") where value is not null group by value having count(*) >= " + counts.atLeast(),
                counts.atMost());
    }

    /** The values of a column as doubles. */
    private String numbers(String column, String relation, Schema schema) {
        return "select cast(value as double) as value from (" + dialect.values(Expr.column(column), relation, schema)
                + ")";
    }

    /** Keeps aggregates of values under their names; 0 where there are none. */
    private void put(FittedState found, String name, List<String> aggregates, String values) {
        String select = aggregates.stream()
                .map(aggregate -> "coalesce(" + aggregate + "(value), 0.0D)")
                .collect(Collectors.joining(", "));
        Row row = session.sql("select " + select + " from (" + values + ")").first();
        for (int i = 0; i < aggregates.size(); i++) {
            found.statistics().put(name + "." + aggregates.get(i), row.getDouble(i));
        }
    }

    /**
     * Counted from the smallest value, so that little is lost of large numbers that lie close together. Each partition's rows come in one order; the partitions' results are put together in order of their
     * number.
     */
    private void moments(Statistic.Moments moments, String relation, Schema schema, FittedState found) {
        String values = numbers(moments.column(), relation, schema);
        Row least = session.sql("select min(value) from (" + values + ")").first();
        double from = least.isNullAt(0) ? 0 : least.getDouble(0);
        String sql = "select part, count(value), avg(value), var_pop(value) from (select spark_partition_id() as part,"
                + " value - double('" + from + "') as value from (" + values
                + ")) where value is not null group by part order by part";
        RunningMoments all = new RunningMoments();
        List<Row> parts = session.sql(sql).collectAsList();
        parts.forEach(part -> all.add(part.getLong(1), part.getDouble(2), part.getDouble(3)));
        put(found, moments, "count", all.count());
        put(found, moments, "mean", from + all.mean());
        put(found, moments, "deviation", all.deviation());
    }

    private static void put(FittedState found, Statistic.Moments moments, String what, double value) {
        String key = moments.name() + "." + what;
        if (!Double.isFinite(value)) {
            throw new DataException("column " + moments.column() + ": no mean and deviation (" + key + " is " + value
                    + "; expected: smaller numbers, clip them first)");
        }
        found.statistics().put(key, value);
    }
}

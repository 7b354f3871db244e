package io.t4rec.spark;

import io.t4rec.etl.Expr;
import io.t4rec.etl.FittedState;
import io.t4rec.etl.KeyedTable;
import io.t4rec.etl.SqlDialect;
import io.t4rec.etl.Statistic;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Finds out statistics with Spark. */
final class SparkStatistics {
    private static final String VALUE = SqlDialect.VALUE;

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
            put(found, range.name(), List.of("count", "min", "max"), numbers(range.column(), relation, schema));
        } else if (statistic instanceof Statistic.Median median) {
            put(found, median.name(), List.of("median"), numbers(median.column(), relation, schema));
        } else if (statistic instanceof Statistic.Lengths lengths) {
            String length = "select cast(size(" + dialect.identifier(lengths.column()) + ") as double) as value from "
                    + relation;
            put(found, lengths.name(), List.of("count", "min", "max"), length);
        } else if (statistic instanceof Statistic.Smallest smallest) {
            String key = dialect.identifier(smallest.key());
            String sql = "select " + key + " as value, min(" + dialect.identifier(smallest.number())
                    + ") as number from " + relation + " where " + key + " is not null group by " + key;
            found.numbers().put(smallest.name(), state.numbers(smallest.name(), sql));
        } else if (statistic instanceof Statistic.Groups groups) {
            found.tables().put(groups.name(), state.keyed(groups.name(), groups(groups, relation)));
        } else if (statistic instanceof Statistic.Core core) {
            found.vocabularies().put(core.name(), core(core, relation));
        } else if (statistic instanceof Statistic.Summary summary) {
            summary(summary, relation, schema, found);
        } else {
            throw new ConfigException("statistic: " + statistic
                    + " (expected: one that Spark finds out; fit the workflow with DuckDB, it runs on Spark then)");
        }
        return found;
    }

    private String groups(Statistic.Groups groups, String relation) {
        StringBuilder select = new StringBuilder("select " + VALUE + " as " + KeyedTable.KEY + ", count(*) as `rows`");
        for (String column : groups.columns()) {
            String value = "cast(" + dialect.identifier(column) + " as double)";
            Map<String, String> measures = new LinkedHashMap<>();
            measures.put("count", "count(" + value + ")");
            measures.put("sum", "sum(" + value + ")");
            if (groups.squares()) {
                String squares = "var_pop(" + value + ") * count(" + value + ")";
                String refusal =
                        "join-groupby, column " + column + ": no variance (expected: smaller numbers, clip them first)";
                measures.put(
                        "m2",
                        "if(isnan(" + squares + ") or abs(" + squares + ") = double('infinity'), cast(raise_error("
                                + dialect.text(refusal) + ") as double), " + squares + ")");
            }
            measures.put("min", "min(" + value + ")");
            measures.put("max", "max(" + value + ")");
            measures.forEach((name, measure) ->
                    select.append(", ").append(measure).append(" as ").append(dialect.identifier(column + "." + name)));
        }
        return select.append(" from (")
                .append(dialect.valueAndColumns(groups.key(), groups.columns(), relation))
                .append(") where " + VALUE + " is not null group by " + VALUE)
                .toString();
    }

    /** Drops rare values and short sessions in turn, until a round drops nothing. */
    private Vocabulary core(Statistic.Core core, String relation) {
        String value = dialect.identifier(core.column());
        String keys = core.session().stream().map(dialect::identifier).collect(Collectors.joining(", "));
        String kept =
                "select value, session from (select *, count(*) over (partition by %s) as n from core) where n >= ";
        long rows = keepInCore("select " + value + " as value, struct(" + keys + ") as session from " + relation
                + " where " + value + " is not null");
        long before = -1;
        while (rows != before) {
            before = rows;
            keepInCore(kept.formatted("value") + core.minValue());
            rows = keepInCore(kept.formatted("session") + core.minSession());
        }
        Vocabulary vocabulary =
                state.vocabulary(core.name(), "select value, count(*) as count from core group by value", 0);
        session.catalog().dropTempView("core");
        return vocabulary;
    }

    private long keepInCore(String sql) {
        Dataset<Row> rows = session.sql(sql).localCheckpoint();
        rows.createOrReplaceTempView("core");
        return rows.count();
    }

    /** Mean and deviation are counted from the smallest value, as {@link #moments} does. */
    private void summary(Statistic.Summary summary, String relation, Schema schema, FittedState found) {
        boolean text = schema.get(summary.column()).dtype() == DType.STRING;
        String values = "select value, cast(" + (text ? "length(value)" : "value") + " as double) as number from ("
                + dialect.values(Expr.column(summary.column()), relation, schema) + ")";
        Row least = session.sql("select min(number) from (" + values + ")").first();
        String origin = "double('" + (least.isNullAt(0) ? 0 : least.getDouble(0)) + "')";
        Row row = session.sql("select cast(count(value) as double), cast(count(*) - count(value) as double),"
                        + " cast(count(distinct value) as double), coalesce(min(number), 0.0D), coalesce(max(number), 0.0D),"
                        + " coalesce(" + origin + " + avg(number - " + origin
                        + "), 0.0D), coalesce(stddev_samp(number - "
                        + origin + "), 0.0D) from (" + values + ")")
                .first();
        List<String> names = List.of("count", "nulls", "distinct", "min", "max", "mean", "deviation");
        for (int i = 0; i < names.size(); i++) {
            put(found, summary.column(), summary.name() + "." + names.get(i), row.getDouble(i));
        }
    }

    private Vocabulary counts(Statistic.Counts counts, String relation, Schema schema) {
        String values = counts.values().stream()
                .map(value -> dialect.values(value, relation, schema))
                .collect(Collectors.joining(" union all "));
        return state.vocabulary(
                counts.names().get(0),
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
        put(found, moments.column(), moments.name() + ".count", all.count());
        put(found, moments.column(), moments.name() + ".mean", from + all.mean());
        put(found, moments.column(), moments.name() + ".deviation", all.deviation());
    }

    private static void put(FittedState found, String column, String key, double value) {
        if (!Double.isFinite(value)) {
            throw new DataException("column " + column + ": no mean and deviation (" + key + " is " + value
                    + "; expected: smaller numbers, clip them first)");
        }
        found.statistics().put(key, value);
    }
}

package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds out statistics with DuckDB, on one connection. */
final class DuckDbStatistics {
    private static final String MOMENTS = "mean and deviation";
    private static final String SMALLER = "; expected: smaller numbers, clip them first)";

    private final Database database;
    private final DuckDbDialect dialect;
    private final Stages stages;

    /** @param stages that the connection sees */
    DuckDbStatistics(Database database, DuckDbDialect dialect, Stages stages) {
        this.database = database;
        this.dialect = dialect;
        this.stages = stages;
    }

    /** Whether the order in which rows are added up shows in a statistic's last digits. */
    static boolean dependsOnOrder(Statistic statistic) {
        return statistic instanceof Statistic.Moments
                || statistic instanceof Statistic.Groups
                || statistic instanceof Statistic.Summary;
    }

    /** A statistic of the rows of now. */
    FittedState find(Statistic statistic, Schema schema) {
        FittedState found = new FittedState();
        if (statistic instanceof Statistic.Counts counts) {
            Vocabulary vocabulary = counts(counts, schema);
            counts.names().forEach(name -> found.vocabularies().put(name, vocabulary));
        } else if (statistic instanceof Statistic.Moments moments) {
            moments(moments, schema, found);
        } else if (statistic instanceof Statistic.Range range) {
            put(found, range.name(), List.of("count", "min", "max"), numbers(range.column(), schema));
        } else if (statistic instanceof Statistic.Median median) {
            put(found, median.name(), List.of("median"), numbers(median.column(), schema));
        } else if (statistic instanceof Statistic.Lengths lengths) {
            String length =
                    "select len(" + Database.identifier(lengths.column()) + ") as value from " + stages.current();
            put(found, lengths.name(), List.of("count", "min", "max"), length);
        } else if (statistic instanceof Statistic.Smallest smallest) {
            found.numbers().put(smallest.name(), smallest(smallest));
        } else if (statistic instanceof Statistic.Groups groups) {
            found.tables().put(groups.name(), groups(groups));
        } else if (statistic instanceof Statistic.Core core) {
            found.vocabularies().put(core.name(), core(core));
        } else if (statistic instanceof Statistic.Summary summary) {
            summary(summary, schema, found);
        }
        return found;
    }

    private Vocabulary counts(Statistic.Counts counts, Schema schema) {
        String values =
                counts.values().stream().map(value -> values(value, schema)).collect(Collectors.joining(" union all "));
        Table table = database.query("select value, count(*) as count from (" + values
                + ") where value is not null group by 1 having count(*) >= " + counts.atLeast()
                + " order by 2 desc, 1" + (counts.atMost() > 0 ? " limit " + counts.atMost() : ""));
        return new Vocabulary(values(table), table.longs("count").values(), isText(table));
    }

    /** Values as they are now, read before the steps that leave them as they are. */
    private String values(Expr expr, Schema schema) {
        return dialect.values(expr, stages.having(MentionedColumns.of(expr)), schema);
    }

    /** The values of a column as doubles. */
    private String numbers(String column, Schema schema) {
        return "select cast(value as double) as value from (" + values(Expr.column(column), schema) + ")";
    }

    /** Keeps aggregates of values, named as DuckDB names them; 0 where there are none. */
    private void put(FittedState found, String name, List<String> aggregates, String values) {
        String select = aggregates.stream()
                .map(aggregate -> "coalesce(" + aggregate + "(value), 0)")
                .collect(Collectors.joining(", "));
        database.forEach("select " + select + " from (" + values + ")", row -> {
            for (int i = 0; i < aggregates.size(); i++) {
                found.statistics().put(name + "." + aggregates.get(i), row.getDouble(i + 1));
            }
        });
    }

    private KeyedTable groups(Statistic.Groups groups) {
        StringBuilder select =
                new StringBuilder("select " + SqlDialect.VALUE + " as " + KeyedTable.KEY + ", count(*) as \"rows\"");
        for (String column : groups.columns()) {
            String value = "cast(" + Database.identifier(column) + " as double)";
            Map<String, String> measures = new LinkedHashMap<>();
            measures.put("count", "count(" + value + ")");
            measures.put("sum", "sum(" + value + ")");
            if (groups.squares()) {
                measures.put("m2", "var_pop(" + value + ") * count(" + value + ")");
            }
            measures.put("min", "min(" + value + ")");
            measures.put("max", "max(" + value + ")");
            measures.forEach((name, measure) -> select.append(", ")
                    .append(measure)
                    .append(" as ")
                    .append(Database.identifier(column + "." + name)));
        }
        select.append(" from (")
                .append(dialect.valueAndColumns(groups.key(), groups.columns(), stages.current()))
                .append(") where " + SqlDialect.VALUE + " is not null group by 1 order by 1");
        try {
            return new KeyedTable(database.query(select.toString()));
        } catch (DataException e) {
            throw tooLarge("join-groupby, columns " + groups.columns(), "variance", e);
        }
    }

    /** Drops rare values and short sessions in turn, until a round drops nothing. */
    private Vocabulary core(Statistic.Core core) {
        String value = Database.identifier(core.column());
        String session = core.session().stream().map(Database::identifier).collect(Collectors.joining(", "));
        keepInCore(
                "select " + value + ", " + session + " from " + stages.current() + " where " + value + " is not null");
        long before = -1;
        long rows = database.number("select count(*) from core");
        while (rows != before) {
            before = rows;
            keepInCore("select * from core qualify count(*) over (partition by " + value + ") >= " + core.minValue());
            keepInCore(
                    "select * from core qualify count(*) over (partition by " + session + ") >= " + core.minSession());
            rows = database.number("select count(*) from core");
        }
        Table table = database.query(
                "select " + value + " as value, count(*) as count from core group by 1 order by 2 desc, 1");
        database.execute("drop table core");
        return new Vocabulary(values(table), table.longs("count").values(), isText(table));
    }

    private void keepInCore(String select) {
        database.execute("create or replace temp table core as " + select);
    }

    /** Mean and deviation are counted from the smallest value, so that little is lost of large numbers that lie close together. */
    private void summary(Statistic.Summary summary, Schema schema, FittedState found) {
        boolean text = schema.get(summary.column()).dtype() == DType.STRING;
        String number = text ? "length(value)" : "value";
        String values = "select value, cast(" + number + " as double) as number from ("
                + values(Expr.column(summary.column()), schema) + ")";
        String select = "select count(value), count(*) - count(value), count(distinct value), coalesce(min(number), 0),"
                + " coalesce(max(number), 0), coalesce(any_value(origin) + avg(number - origin), 0),"
                + " coalesce(stddev_samp(number - origin), 0) from (" + values
                + "), (select min(number) as origin from ("
                + values + "))";
        try {
            database.forEach(select, row -> {
                List<String> names = List.of("count", "nulls", "distinct", "min", "max", "mean", "deviation");
                for (int i = 0; i < names.size(); i++) {
                    found.statistics().put(summary.name() + "." + names.get(i), row.getDouble(i + 1));
                }
            });
        } catch (DataException e) {
            throw tooLarge("column " + summary.column(), MOMENTS, e);
        }
        requireFinite(summary.column(), found);
    }

    private static List<Object> values(Table table) {
        List<Object> values = new ArrayList<>(table.rowCount());
        Column column = table.column("value");
        for (int row = 0; row < table.rowCount(); row++) {
            Collections.addAll(values, column.value(row));
        }
        return values;
    }

    private static boolean isText(Table table) {
        return table.column("value") instanceof Column.Strings;
    }

    /** Counted from the first value, so that little is lost of large numbers that lie close together. */
    private void moments(Statistic.Moments moments, Schema schema, FittedState found) {
        String values = numbers(moments.column(), schema);
        try {
            database.forEach(
                    "select count(value), coalesce(any_value(origin) + avg(value - origin), 0),"
                            + " coalesce(stddev_samp(value - origin), 0) from (" + values
                            + "), (select value as origin from (" + values + ") where value is not null limit 1)",
                    row -> {
                        found.statistics().put(moments.name() + ".count", row.getDouble(1));
                        found.statistics().put(moments.name() + ".mean", row.getDouble(2));
                        found.statistics().put(moments.name() + ".deviation", row.getDouble(3));
                    });
        } catch (DataException e) {
            throw tooLarge("column " + moments.column(), MOMENTS, e);
        }
        requireFinite(moments.column(), found);
    }

    /** What is not finite could not be loaded again. */
    private static void requireFinite(String column, FittedState found) {
        found.statistics().forEach((key, value) -> {
            if (!Double.isFinite(value)) {
                throw new DataException("column " + column + ": no " + MOMENTS + " (" + key + " is " + value + SMALLER);
            }
        });
    }

    /** The failure of a statement; where squares are no numbers, it says of what. */
    private static DataException tooLarge(String columns, String what, DataException e) {
        return !String.valueOf(e.getMessage()).contains("out of range")
                ? e
                : new DataException(columns + ": no " + what + " (" + e.getMessage() + SMALLER, e);
    }

    private KeyedNumbers smallest(Statistic.Smallest smallest) {
        String key = Database.identifier(smallest.key());
        Table table = database.query("select " + key + " as value, min(" + Database.identifier(smallest.number())
                + ") as number from " + stages.current() + " where " + key + " is not null group by 1 order by 1");
        return new KeyedNumbers(values(table), table.longs("number").values(), isText(table));
    }
}

package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.DataSource;
import io.t4rec.data.Database;
import io.t4rec.data.OngoingWork;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.ParquetOutput;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps and finds out statistics on files with DuckDB. Steps are views, so Parquet is streamed from its files when a result is
 * asked for; they may be larger than memory. All cores are used but where the order of rows decides the result: there one thread runs.
 */
final class DuckDbEngine implements StepRunner, AutoCloseable {
    private final Database database;
    private final DuckDbDialect dialect;
    private final IdentityHashMap<Object, String> registered = new IdentityHashMap<>();
    private final Stages stages = new Stages();
    private final IntegerBounds bounds;

    /** The rows of now with integers of known bounds as narrow as these fit; null where there are none. */
    private @Nullable String narrow;

    /**
     * Opens events.
     *
     * @param memoryLimit of the database, for instance {@code 4GB}; empty for 80 % of the machine's memory
     */
    DuckDbEngine(WorkflowConfig config, DataSource events, Schema schema, String memoryLimit) {
        this.database = Database.open(memoryLimit, 0);
        this.dialect = new DuckDbDialect(config);
        this.bounds = new IntegerBounds(integers(schema));
        try {
            view(stages.first(), EventRelation.select(database, events, config, schema));
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static List<String> integers(Schema events) {
        return Stream.concat(
                        events.columns().stream()
                                .filter(column ->
                                        !column.isList() && column.dtype().isInteger())
                                .map(ColumnSchema::name),
                        Stream.of(SqlDialect.ROW))
                .toList();
    }

    @Override
    public void add(FittedState state) {
        state.vocabularies().forEach((name, vocabulary) -> {
            register(vocabulary, DuckDbDialect.vocabularyTable(name), () -> StateTables.of(vocabulary));
            bounds.know(name, vocabulary);
        });
        state.numbers()
                .forEach((name, numbers) ->
                        register(numbers, DuckDbDialect.numbersTable(name), () -> StateTables.of(numbers)));
        state.tables().forEach((name, table) -> register(table, DuckDbDialect.keyedTable(name), table::table));
    }

    private void register(Object fitted, String name, Supplier<Table> table) {
        String same = registered.putIfAbsent(fitted, name);
        if (same == null) {
            database.register(name, table.get());
        } else if (!same.equals(name)) {
            database.execute("create or replace view " + Database.identifier(name) + " as select * from "
                    + Database.identifier(same));
        }
    }

    @Override
    public void apply(Step step, List<String> before, boolean keep) {
        String from = stages.current();
        String to = stages.after(step);
        if (step instanceof Step.Group group) {
            group.session().forEach(this::bound);
            bound(SqlDialect.ROW);
            database.execute("create table sorted as " + dialect.sorted(group, from, bounds));
            group(group, to);
            database.execute("drop table sorted");
        } else {
            database.execute("create " + (keep && step.isCostly() ? "table " : "view ") + to + " as "
                    + dialect.select(step, from, before));
            if (narrow != null) {
                narrow = step.computes() ? null : view(to + "_narrow", dialect.select(step, narrow, before));
            }
        }
        bounds.after(step);
    }

    /** Finds out the bounds of a column that still is one of the events: a key that is narrow sorts faster. */
    private void bound(String column) {
        String name = bounds.ofEvents(column);
        if (name != null) {
            String value = Database.identifier(name);
            database.forEach("select min(" + value + "), max(" + value + ") from " + stages.first(), row -> {
                if (row.getLong(1) >= 0) {
                    bounds.know(column, row.getLong(2));
                }
            });
        }
    }

    private String view(String name, String select) {
        database.execute("create view " + name + " as " + select);
        return name;
    }

    /** Makes the groups of sorted rows, part by part. */
    private void group(Step.Group group, String to) {
        int most = most();
        List<String> parts = new SortedParts(database, "sorted", group.session(), SortedParts.ROWS / most).parts();
        int shares = Math.min(most, parts.size());
        List<String> tables =
                IntStream.range(0, shares).mapToObj(share -> to + "_" + share).toList();
        AtomicInteger done = new AtomicInteger();
        long work = OngoingWork.newPart();
        try (OngoingWork.Shown shown =
                OngoingWork.show(() -> new OngoingWork.Position(work, (double) done.get() / parts.size(), 0))) {
            inShares(parts, shares, (connection, share, own) -> {
                String before = "create table " + tables.get(share) + " as ";
                for (String part : own) {
                    connection.execute(before + dialect.group(group, part));
                    before = "insert into " + tables.get(share) + " ";
                    done.incrementAndGet();
                }
            });
        }
        String all = tables.stream().map(table -> "from " + table).collect(Collectors.joining(" union all ", "(", ")"));
        narrow = view(to + "_narrow", "from " + all);
        view(to, dialect.widened(group, narrow, bounds));
    }

    /** A share of some pieces of work, on a connection of its own. */
    @FunctionalInterface
    private interface Share<P> {
        void run(Database connection, int share, List<P> pieces);
    }

    /** How many shares of work may run at the same time. */
    private int most() {
        return Math.toIntExact(Math.min(SortedParts.MOST, database.number("select current_setting('threads')")));
    }

    /** Runs shares of pieces at the same time. A statement in them takes one thread, so orders of rows and sums are the same in each run. */
    private <P> void inShares(List<P> pieces, int shares, Share<P> work) {
        database.execute("set threads = 1");
        try {
            SideBySide.run(shares, share -> {
                try (Database connection = database.another()) {
                    work.run(
                            connection,
                            share,
                            pieces.subList(pieces.size() * share / shares, pieces.size() * (share + 1) / shares));
                }
            });
        } finally {
            database.execute("reset threads");
        }
    }

    @Override
    public List<FittedState> find(List<Statistic> statistics, Schema schema) {
        Map<Statistic, FittedState> found = new ConcurrentHashMap<>();
        List<Statistic> sums =
                statistics.stream().filter(DuckDbEngine::sums).distinct().toList();
        if (!sums.isEmpty()) {
            inShares(
                    sums,
                    Math.min(most(), sums.size()),
                    (connection, share, own) ->
                            own.forEach(statistic -> found.put(statistic, find(statistic, schema, connection))));
        }
        return statistics.stream()
                .map(statistic -> found.computeIfAbsent(statistic, other -> find(other, schema, database)))
                .toList();
    }

    /** Whether the order in which values are added shows in a statistic's last digits. */
    private static boolean sums(Statistic statistic) {
        return statistic instanceof Statistic.Moments
                || statistic instanceof Statistic.Groups
                || statistic instanceof Statistic.Summary;
    }

    private FittedState find(Statistic statistic, Schema schema, Database connection) {
        FittedState found = new FittedState();
        if (statistic instanceof Statistic.Counts counts) {
            Vocabulary vocabulary = counts(counts, schema);
            counts.names().forEach(name -> found.vocabularies().put(name, vocabulary));
        } else if (statistic instanceof Statistic.Moments moments) {
            moments(moments, schema, connection, found);
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
            found.tables().put(groups.name(), groups(groups, connection));
        } else if (statistic instanceof Statistic.Core core) {
            found.vocabularies().put(core.name(), core(core));
        } else if (statistic instanceof Statistic.Summary summary) {
            summary(summary, schema, connection, found);
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

    private KeyedTable groups(Statistic.Groups groups, Database connection) {
        StringBuilder select = new StringBuilder("select value as " + KeyedTable.KEY + ", count(*) as \"rows\"");
        for (String column : groups.columns()) {
            String value = "cast(" + Database.identifier(column) + " as double)";
            Map<String, String> measures = new LinkedHashMap<>();
            measures.put("count", "count(" + value + ")");
            measures.put("sum", "sum(" + value + ")");
            measures.put("m2", "var_pop(" + value + ") * count(" + value + ")");
            measures.put("min", "min(" + value + ")");
            measures.put("max", "max(" + value + ")");
            measures.forEach((name, measure) -> select.append(", ")
                    .append(measure)
                    .append(" as ")
                    .append(Database.identifier(column + "." + name)));
        }
        return new KeyedTable(connection.query(select.append(" from (")
                .append(dialect.valueAndColumns(groups.key(), groups.columns(), stages.current()))
                .append(") where value is not null group by 1 order by 1")
                .toString()));
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

    private void summary(Statistic.Summary summary, Schema schema, Database connection, FittedState found) {
        boolean text = schema.get(summary.column()).dtype() == DType.STRING;
        String number = text ? "length(value)" : "cast(value as double)";
        connection.forEach(
                "select count(value), count(*) - count(value), count(distinct value), coalesce(min(" + number
                        + "), 0), coalesce(max(" + number + "), 0), coalesce(avg(" + number
                        + "), 0), coalesce(stddev_samp(" + number + "), 0) from ("
                        + values(Expr.column(summary.column()), schema) + ")",
                row -> {
                    List<String> names = List.of("count", "nulls", "distinct", "min", "max", "mean", "deviation");
                    for (int i = 0; i < names.size(); i++) {
                        found.statistics().put(summary.name() + "." + names.get(i), row.getDouble(i + 1));
                    }
                });
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
    private void moments(Statistic.Moments moments, Schema schema, Database connection, FittedState found) {
        String values = numbers(moments.column(), schema);
        try {
            connection.forEach(
                    "select count(value), coalesce(any_value(origin) + avg(value - origin), 0),"
                            + " coalesce(stddev_samp(value - origin), 0) from (" + values
                            + "), (select value as origin from (" + values + ") where value is not null limit 1)",
                    row -> {
                        found.statistics().put(moments.name() + ".count", row.getDouble(1));
                        found.statistics().put(moments.name() + ".mean", row.getDouble(2));
                        found.statistics().put(moments.name() + ".deviation", row.getDouble(3));
                    });
        } catch (DataException e) {
            throw new DataException(tooLarge(moments, e.getMessage()), e);
        }
        found.statistics().forEach((key, value) -> {
            if (!Double.isFinite(value)) {
                throw new DataException(tooLarge(moments, key + " is " + value));
            }
        });
    }

    private static String tooLarge(Statistic.Moments moments, @Nullable String what) {
        return "column " + moments.column() + ": no mean and deviation (" + what
                + "; expected: smaller numbers, clip them first)";
    }

    private KeyedNumbers smallest(Statistic.Smallest smallest) {
        String key = Database.identifier(smallest.key());
        Table table = database.query("select " + key + " as value, min(" + Database.identifier(smallest.number())
                + ") as number from " + stages.current() + " where " + key + " is not null group by 1 order by 1");
        return new KeyedNumbers(values(table), table.longs("number").values(), isText(table));
    }

    /**
     * Writes the rows as Parquet, in the order of the events where the layout doesn't say another.
     *
     * @param schema of the rows, whose types the files get
     * @return how many
     */
    long write(Path target, Schema schema, OutputLayout layout) throws IOException {
        return new ParquetOutput(database, schema, layout)
                .write(dialect.typed(schema), narrow == null ? stages.current() : narrow, SqlDialect.ROW, target);
    }

    @Override
    public void close() {
        database.close();
    }
}

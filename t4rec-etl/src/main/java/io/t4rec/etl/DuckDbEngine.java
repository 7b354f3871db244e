package io.t4rec.etl;

import io.t4rec.data.DataSource;
import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps and finds out statistics on files with DuckDB. Steps are views, so Parquet is streamed from its files when a result is
 * asked for; they may be larger than memory. All cores are used but where the order of rows decides the result: there one thread runs.
 */
final class DuckDbEngine implements StepRunner, AutoCloseable {
    /** DuckDB's messages on values that a function can't take. */
    private static final Pattern OF_VALUES = Pattern.compile("^(Out of Range|Invalid Input) Error|Conversion Error");

    private final Database database;
    private final DuckDbDialect dialect;
    private final IdentityHashMap<Object, String> registered = new IdentityHashMap<>();
    private final Stages stages = new Stages();
    private final IntegerBounds bounds;

    /** Functions of the user's own that steps so far compute. */
    private final List<String> customs = new ArrayList<>();

    /** The rows of now with integers of known bounds as narrow as these fit; null where there are none. */
    private @Nullable String narrow;

    /**
     * Opens events.
     *
     * @param settings of the database
     */
    DuckDbEngine(WorkflowConfig config, DataSource events, Schema schema, DatabaseSettings settings) {
        this.database = Database.open(settings, 0);
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
        if (!SqlDialect.customs(step).isEmpty()) {
            customs.add(SqlDialect.customs(step));
        }
        try {
            applied(step, before, keep);
        } catch (DataException e) {
            throw naming(step instanceof Step.Group group ? "groupby, sums " + group.sums() : "", e);
        }
    }

    private void applied(Step step, List<String> before, boolean keep) {
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
                    bounds.bound(column, row.getLong(2));
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
        try {
            return found(statistics, schema);
        } catch (DataException e) {
            throw naming("", e);
        }
    }

    private List<FittedState> found(List<Statistic> statistics, Schema schema) {
        Map<Statistic, FittedState> found = new ConcurrentHashMap<>();
        List<Statistic> ordered = statistics.stream()
                .filter(DuckDbStatistics::dependsOnOrder)
                .distinct()
                .toList();
        if (!ordered.isEmpty()) {
            inShares(ordered, Math.min(most(), ordered.size()), (connection, share, own) -> {
                DuckDbStatistics ofShare = new DuckDbStatistics(connection, dialect, stages);
                own.forEach(statistic -> found.put(statistic, ofShare.find(statistic, schema)));
            });
        }
        DuckDbStatistics others = new DuckDbStatistics(database, dialect, stages);
        return statistics.stream()
                .map(statistic -> found.computeIfAbsent(statistic, other -> others.find(other, schema)))
                .toList();
    }

    /**
     * Writes the rows as Parquet, in the order of the events where the layout doesn't say another.
     *
     * @param schema of the rows, whose types the files get
     * @return how many
     */
    long write(Path target, Schema schema, OutputLayout layout) throws IOException {
        try {
            return new ParquetOutput(database, schema, layout)
                    .write(dialect.typed(schema), narrow == null ? stages.current() : narrow, SqlDialect.ROW, target);
        } catch (DataException e) {
            boolean floats = String.valueOf(e.getMessage()).contains("destination type FLOAT");
            List<String> reduced = schema.columns().stream()
                    .filter(column -> floats
                            ? column.dtype() == DType.FLOAT32
                            : column.dtype().isInteger() && column.dtype() != DType.INT64)
                    .map(column -> column.name() + " " + column.dtype())
                    .toList();
            throw naming(reduced.isEmpty() ? "" : "writing columns " + reduced, e);
        }
    }

    /** The failure of some work; where values don't fit their type, it says what was done, and which functions of the user's own were. */
    private DataException naming(String what, DataException e) {
        String message = String.valueOf(e.getMessage());
        List<String> done = new ArrayList<>();
        if (!what.isEmpty() && message.contains("out of range")) {
            done.add(what);
        }
        if (OF_VALUES.matcher(message).find()) {
            done.addAll(customs);
        }
        return done.isEmpty() ? e : new DataException(String.join("; ", done) + ": " + message, e);
    }

    @Override
    public void close() {
        database.close();
    }
}

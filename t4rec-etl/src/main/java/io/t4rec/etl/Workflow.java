package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A fitted sequence of operators. Fit it once on training events; then it transforms files through DuckDB and single requests in
 * memory with the same result. Saved as JSON and Parquet; loading executes nothing.
 */
public final class Workflow {
    private static final int FORMAT_VERSION = 1;
    private static final String DESCRIPTION = "workflow.json";
    private static final String INPUT_SCHEMA = "input-schema.pbtxt";

    private final WorkflowConfig config;
    private final Schema input;
    private final FittedState state;
    private final List<Stage> stages;
    private final Schema output;

    /** A step with the schema before it. */
    private record Stage(Step step, Schema before) {}

    /** The saved form: settings, statistics, and which vocabularies hold text. */
    record Saved(
            int formatVersion,
            WorkflowConfig workflow,
            Map<String, Double> statistics,
            Map<String, SavedVocabulary> vocabularies) {}

    record SavedVocabulary(String file, boolean text) {}

    private Workflow(WorkflowConfig config, Schema input, FittedState state, List<Stage> stages, Schema output) {
        this.config = config;
        this.input = input;
        this.state = state;
        this.stages = List.copyOf(stages);
        this.output = output;
    }

    /**
     * Fits the operators, one after another, each on what the ones before it make of the events.
     *
     * @param events Parquet file
     * @param schema of the events; columns it doesn't name are not read
     * @throws DataException when the file lacks a column of the schema or a value can't be used
     * @throws ConfigException when an operator's columns are missing or don't suit
     */
    public static Workflow fit(WorkflowConfig config, Path events, Schema schema) {
        try (Database database = Database.open("", 1)) {
            load(database, events, schema);
            FittedState state = new FittedState();
            DuckDbDialect dialect = new DuckDbDialect(config);
            List<Stage> stages = new ArrayList<>();
            Schema current = schema;
            for (int number = 0; number < config.operators().size(); number++) {
                Operator operator = config.operators().get(number);
                FittedState found = new FittedState();
                operator.fit(new Operator.FitContext(number, database, relation(stages.size()), current, found));
                found.vocabularies().forEach((name, vocabulary) -> register(database, name, vocabulary));
                state.vocabularies().putAll(found.vocabularies());
                state.statistics().putAll(found.statistics());
                Operator.Built built = operator.build(new Operator.BuildContext(number, config, current, state));
                for (Step step : built.steps()) {
                    view(database, dialect, new Stage(step, current), stages.size());
                    stages.add(new Stage(step, current));
                }
                current = built.schema();
            }
            return new Workflow(config, schema, state, stages, current);
        }
    }

    private static String relation(int stage) {
        return "stage_" + stage;
    }

    private static void view(Database database, DuckDbDialect dialect, Stage stage, int index) {
        database.execute("create or replace temp view " + relation(index + 1) + " as "
                + dialect.select(stage.step, relation(index), stage.before));
    }

    private static void load(Database database, Path events, Schema schema) {
        if (!Files.exists(events)) {
            throw new DataException("file: " + events + " (expected: an existing Parquet file)");
        }
        String file = "read_parquet(" + Database.literal(events.toString()) + ")";
        Map<String, String> present = database.describe("select * from " + file);
        StringBuilder columns = new StringBuilder();
        for (ColumnSchema column : schema.columns()) {
            if (!present.containsKey(column.name())) {
                throw new DataException(events + ": no column " + column.name() + " (expected: "
                        + Names.expectation(column.name(), present.keySet()) + ")");
            }
            String name = Database.identifier(column.name());
            columns.append("cast(")
                    .append(name)
                    .append(" as ")
                    .append(type(column.dtype()))
                    .append(") as ")
                    .append(name);
            columns.append(", ");
        }
        database.execute("create or replace temp table " + relation(0) + " as select " + columns
                + "row_number() over () as " + DuckDbDialect.ROW + " from " + file);
    }

    private static String type(DType dtype) {
        return dtype == DType.STRING ? "varchar" : dtype.isFloating() ? "double" : "bigint";
    }

    private static void register(Database database, String name, Vocabulary vocabulary) {
        database.register(DuckDbDialect.vocabularyTable(name), table(vocabulary));
    }

    private static Table table(Vocabulary vocabulary) {
        int size = vocabulary.values().size();
        long[] ids = new long[size];
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
            ids[i] = Vocabulary.FIRST + i;
            counts[i] = vocabulary.count(ids[i]);
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("id", Column.of(ids));
        columns.put(
                "value",
                vocabulary.isText()
                        ? Column.of(vocabulary.values().stream()
                                .map(Object::toString)
                                .toArray(String[]::new))
                        : Column.of(vocabulary.values().stream()
                                .mapToLong(v -> (Long) v)
                                .toArray()));
        columns.put("count", Column.of(counts));
        return Table.of(columns);
    }

    /**
     * Transforms a Parquet file into another, with {@code schema.pbtxt} beside it.
     *
     * @return number of rows written
     * @throws DataException when the events don't fit
     * @throws IOException when the output can't be written; what was there stays
     */
    public long transform(Path events, Path target) throws IOException {
        try (Database database = Database.open("", 1)) {
            load(database, events, input);
            state.vocabularies().forEach((name, vocabulary) -> register(database, name, vocabulary));
            DuckDbDialect dialect = new DuckDbDialect(config);
            for (int i = 0; i < stages.size(); i++) {
                view(database, dialect, stages.get(i), i);
            }
            long[] rows = new long[1];
            AtomicFiles.file(target, temporary -> {
                database.execute("create temp table result as select * exclude (" + DuckDbDialect.ROW
                        + ") from (select * from " + relation(stages.size()) + " order by " + DuckDbDialect.ROW + ")");
                rows[0] = database.number("select count(*) from result");
                database.execute("copy result to " + Database.literal(temporary.toString())
                        + " (format parquet, compression zstd)");
            });
            output.write(target.resolveSibling("schema.pbtxt"));
            return rows[0];
        }
    }

    /** The same workflow for single requests. */
    public RequestPipeline requestPipeline() {
        return pipeline(false);
    }

    /** With the steps for data sets too: what the file engine computes. */
    RequestPipeline pipeline(boolean everyStep) {
        return new RequestPipeline(
                config, input, stages.stream().map(Stage::step).toList(), state.vocabularies(), everyStep);
    }

    public WorkflowConfig config() {
        return config;
    }

    public Schema inputSchema() {
        return input;
    }

    public Schema outputSchema() {
        return output;
    }

    /** Ids of a categorified column, by its name in the events. */
    public Vocabulary vocabulary(String column) {
        return state.vocabulary(column);
    }

    /** Writes the workflow into a directory, which must exist and be empty. */
    public void save(Path directory) throws IOException {
        Map<String, SavedVocabulary> vocabularies = new LinkedHashMap<>();
        try (Database database = Database.open("", 1)) {
            for (Map.Entry<String, Vocabulary> entry : state.vocabularies().entrySet()) {
                String file = "vocabulary-" + vocabularies.size() + ".parquet";
                vocabularies.put(
                        entry.getKey(),
                        new SavedVocabulary(file, entry.getValue().isText()));
                database.register("vocabulary", table(entry.getValue()));
                database.execute("copy (select * from vocabulary order by id) to "
                        + Database.literal(directory.resolve(file).toString()) + " (format parquet, compression zstd)");
            }
        }
        input.write(directory.resolve(INPUT_SCHEMA));
        ConfigFiles.writeJson(
                directory.resolve(DESCRIPTION), new Saved(FORMAT_VERSION, config, state.statistics(), vocabularies));
    }

    /**
     * Reads a saved workflow.
     *
     * @throws ModelFormatException for an unknown version or a damaged file
     */
    public static Workflow load(Path directory) throws IOException {
        Saved saved;
        try {
            saved = ConfigFiles.readJson(directory.resolve(DESCRIPTION), Saved.class);
        } catch (ConfigException e) {
            throw new ModelFormatException(
                    e.getMessage() + " (expected: a workflow of format version " + FORMAT_VERSION + ")", e);
        }
        if (saved.formatVersion != FORMAT_VERSION) {
            throw new ModelFormatException(directory.resolve(DESCRIPTION) + ": format version " + saved.formatVersion
                    + " (expected: " + FORMAT_VERSION + "; fit the workflow anew with this version)");
        }
        FittedState state = new FittedState();
        state.statistics().putAll(saved.statistics);
        try (Database database = Database.open("", 1)) {
            for (Map.Entry<String, SavedVocabulary> entry : saved.vocabularies.entrySet()) {
                Path file = directory.resolve(Path.of(entry.getValue().file).getFileName());
                state.vocabularies().put(entry.getKey(), vocabulary(database, file));
            }
        }
        Schema input = Schema.read(directory.resolve(INPUT_SCHEMA));
        List<Stage> stages = new ArrayList<>();
        Schema current = input;
        for (int number = 0; number < saved.workflow.operators().size(); number++) {
            Operator operator = saved.workflow.operators().get(number);
            Operator.Built built = operator.build(new Operator.BuildContext(number, saved.workflow, current, state));
            for (Step step : built.steps()) {
                stages.add(new Stage(step, current));
            }
            current = built.schema();
        }
        return new Workflow(saved.workflow, input, state, stages, current);
    }

    private static Vocabulary vocabulary(Database database, Path file) {
        try {
            Table table = database.query(
                    "select id, value, count from read_parquet(" + Database.literal(file.toString()) + ") order by id");
            List<Object> values = new ArrayList<>();
            long[] ids = table.longs("id").values();
            for (int row = 0; row < ids.length; row++) {
                Object value = table.column("value").value(row);
                if (ids[row] != Vocabulary.FIRST + row || value == null) {
                    throw new ModelFormatException(file + ", row " + (row + 1) + ": id " + ids[row] + ", value " + value
                            + " (expected: id " + (Vocabulary.FIRST + row) + " and a value)");
                }
                values.add(value);
            }
            return new Vocabulary(values, table.longs("count").values());
        } catch (DataException e) {
            throw new ModelFormatException(file + ": damaged (" + e.getMessage() + ")", e);
        }
    }
}

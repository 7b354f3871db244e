package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as files: {@code workflow.json} with settings and statistics, {@code input-schema.pbtxt}, and a Parquet file for each
 * vocabulary and each set of fitted numbers. Nothing in them executes.
 */
final class WorkflowFiles {
    private static final int FORMAT_VERSION = 2;

    /** Version 1 lacks what later operators need, and nothing else. */
    private static final int OLDEST_VERSION = 1;

    /** More than this is left in files when a workflow is loaded. */
    static final long ROWS_IN_MEMORY = 1_000_000;

    static final String DESCRIPTION = "workflow.json";
    private static final String INPUT_SCHEMA = "input-schema.pbtxt";

    private WorkflowFiles() {}

    /** What a workflow consists of. */
    record Parts(WorkflowConfig config, Schema input, FittedState state, List<String> removed) {}

    /**
     * The description; state in files by name.
     *
     * @param ofGroups true for a part of a workflow whose rows are what a groupby made; null for events
     */
    record Saved(
            int formatVersion,
            WorkflowConfig workflow,
            Map<String, Double> statistics,
            Map<String, StateFile> vocabularies,
            @Nullable Map<String, StateFile> numbers,
            @Nullable Map<String, StateFile> tables,
            @Nullable List<String> removedInputs,
            @Nullable Boolean ofGroups) {}

    /**
     * Where a piece of state is.
     *
     * @param text whether its values are text
     * @param layout of the ids of a vocabulary; null for the usual one
     */
    record StateFile(String file, boolean text, @Nullable IdLayout layout) {
        IdLayout layoutOrUsual() {
            return layout == null ? IdLayout.USUAL : layout;
        }
    }

    static void write(Path directory, Parts parts) throws IOException {
        Map<String, StateFile> vocabularies = new LinkedHashMap<>();
        Map<String, StateFile> numbers = new LinkedHashMap<>();
        Map<String, StateFile> tables = new LinkedHashMap<>();
        IdentityHashMap<Vocabulary, StateFile> written = new IdentityHashMap<>();
        try (Database database = Database.openInOrder()) {
            parts.state.vocabularies().forEach((name, vocabulary) -> {
                StateFile file = written.get(vocabulary);
                if (file == null) {
                    file = new StateFile(
                            "vocabulary-" + written.size() + ".parquet", vocabulary.isText(), vocabulary.layout());
                    write(
                            database,
                            directory.resolve(file.file),
                            vocabulary.stored(),
                            "* replace (id + " + vocabulary.shift() + " as id)",
                            () -> StateTables.of(vocabulary),
                            "id");
                    written.put(vocabulary, file);
                }
                vocabularies.put(name, file);
            });
            parts.state.numbers().forEach((name, found) -> {
                StateFile file = new StateFile("numbers-" + numbers.size() + ".parquet", found.isText(), null);
                write(
                        database,
                        directory.resolve(file.file),
                        found.stored(),
                        "*",
                        () -> StateTables.of(found),
                        "value");
                numbers.put(name, file);
            });
            parts.state.tables().forEach((name, table) -> {
                StateFile file = new StateFile("table-" + tables.size() + ".parquet", table.isText(), null);
                write(database, directory.resolve(file.file), table.stored(), "*", table::table, KeyedTable.KEY);
                tables.put(name, file);
            });
        }
        parts.input.write(directory.resolve(INPUT_SCHEMA));
        ConfigFiles.writeJson(
                directory.resolve(DESCRIPTION),
                new Saved(
                        FORMAT_VERSION,
                        parts.config,
                        parts.state.statistics(),
                        vocabularies,
                        numbers,
                        tables,
                        parts.removed,
                        EventRelation.isOfEvents(parts.config, parts.input) ? null : (Boolean) true));
    }

    /**
     * Writes a table of state.
     *
     * @param stored where it lies already; null for memory
     * @param columns that are selected of what is stored
     * @param table from memory
     */
    private static void write(
            Database database,
            Path file,
            @Nullable StoredTable stored,
            String columns,
            Supplier<Table> table,
            String order) {
        if (stored == null) {
            database.register("state", table.get());
            copy(database, "* from state", order, file);
        } else {
            stored.read(from -> copy(database, columns + " from " + StateTables.relation(from), order, file));
        }
    }

    private static Path copy(Database database, String select, String order, Path file) {
        database.writeParquet("select " + select + " order by " + order, file);
        return file;
    }

    /**
     * Reads a workflow.
     *
     * @param inMemory most rows of a table that are read; larger ones stay in their files until somebody asks for their rows
     * @throws ModelFormatException for an unknown version or a damaged file
     */
    static Parts read(Path directory, long inMemory) throws IOException {
        Path description = directory.resolve(DESCRIPTION);
        if (!Files.isRegularFile(description)) {
            throw new ModelFormatException(
                    "directory: " + directory + " (expected: a workflow with " + DESCRIPTION + ")");
        }
        Saved saved;
        try {
            saved = ConfigFiles.readJson(description, Saved.class);
        } catch (ConfigException e) {
            throw new ModelFormatException(
                    e.getMessage() + " (expected: a workflow of format version " + FORMAT_VERSION + ")", e);
        }
        if (saved.formatVersion < OLDEST_VERSION || saved.formatVersion > FORMAT_VERSION) {
            throw new ModelFormatException(description + ": format version " + saved.formatVersion + " (expected: "
                    + OLDEST_VERSION + " to " + FORMAT_VERSION + "; fit the workflow anew with this version)");
        }
        FittedState state = new FittedState();
        try (Database database = Database.openInOrder()) {
            StateReader reader = new StateReader(database, directory, inMemory);
            Map<String, Vocabulary> shared = new LinkedHashMap<>();
            required(description, "vocabularies", saved.vocabularies)
                    .forEach((name, file) -> state.vocabularies()
                            .put(name, shared.computeIfAbsent(file.file, key -> reader.vocabulary(file))));
            Map<String, StateFile> numbers = saved.numbers == null ? Map.of() : saved.numbers;
            numbers.forEach((name, file) -> state.numbers().put(name, reader.numbers(file)));
            Map<String, StateFile> tables = saved.tables == null ? Map.of() : saved.tables;
            tables.forEach((name, file) -> state.tables().put(name, reader.table(file)));
        }
        required(description, "statistics", saved.statistics).forEach((name, value) -> {
            if (value == null || !Double.isFinite(value)) {
                throw new ModelFormatException(
                        description + ": statistic " + name + ": " + value + " (expected: a finite number)");
            }
            state.statistics().put(name, value);
        });
        try {
            Schema input = Schema.read(directory.resolve(INPUT_SCHEMA));
            WorkflowConfig config = required(description, "workflow", saved.workflow);
            if (!Boolean.TRUE.equals(saved.ofGroups)) {
                EventRelation.requireColumns(config, input);
            }
            List<String> removed = saved.removedInputs == null ? List.of() : saved.removedInputs;
            return new Parts(config, input, state, removed);
        } catch (ConfigException | SchemaException | IOException e) {
            throw new ModelFormatException(directory.resolve(INPUT_SCHEMA) + ": damaged (" + e.getMessage() + ")", e);
        }
    }

    private static <T> T required(Path description, String key, @Nullable T value) {
        if (value == null) {
            throw new ModelFormatException(description + ": no " + key + " (expected: a complete description)");
        }
        return value;
    }
}

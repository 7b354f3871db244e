package io.t4rec.etl;

import io.t4rec.data.DataFormat;
import io.t4rec.data.DataSource;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A fitted sequence of operators. Fit it once on training events; then it transforms files through DuckDB and single requests in
 * memory with the same result. Saved as JSON and Parquet; loading executes nothing.
 */
public final class Workflow {
    private final WorkflowConfig config;
    private final Schema input;
    private final FittedState state;
    private final List<Step> steps;
    private final Schema output;
    private final Set<String> removed;

    /** @param removed columns that are not asked for, though the operators name them */
    private Workflow(
            WorkflowConfig config,
            Schema input,
            FittedState state,
            List<Step> steps,
            Schema output,
            Set<String> removed) {
        this.config = config;
        this.input = input;
        this.removed = removed;
        this.state = state;
        this.steps = List.copyOf(steps);
        this.output = output;
    }

    /**
     * Fits the operators, one after another, each on what the ones before it make of the events. On several files or texts, within
     * bounds of memory or elsewhere, {@link WorkflowEngine} does.
     *
     * @param events a file or a folder, as {@link DataSource} takes them
     * @param schema of the events; columns it doesn't name are not read
     * @throws DataException when the file lacks a column of the schema or a value can't be used: a number that is not finite, an
     *     integer beyond 64 bits, a missing session, item or time
     * @throws ConfigException when an operator's columns are missing or don't suit
     */
    public static Workflow fit(WorkflowConfig config, Path events, Schema schema) {
        return inProcess().fit(config, events, schema);
    }

    /** Each call opens a database of its own and closes it, so there is nothing to close here. */
    private static DuckDbWorkflows inProcess() {
        return new DuckDbWorkflows(DatabaseSettings.defaults());
    }

    /**
     * Fits the operators on what an engine reads; for engines.
     *
     * @param schema of the events
     * @param runner of steps, at the events
     */
    public static Workflow fit(WorkflowConfig config, Schema schema, StepRunner runner) {
        EventRelation.requireColumns(config, schema);
        return build(
                config,
                IdColumns.unfitted(schema),
                new FittedState(),
                (operator, before, state) -> {
                    FittedState own = new FittedState();
                    runner.find(operator.statistics(before), before.schema()).forEach(own::addAll);
                    operator.arrange(before, own);
                    requireNewVocabularies(operator, before, own, state);
                    state.addAll(own);
                },
                runner);
    }

    /** Vocabularies have the names of columns, and SQL doesn't tell their case. */
    private static void requireNewVocabularies(
            Operator operator, Operator.Input before, FittedState own, FittedState state) {
        Set<String> taken =
                state.vocabularies().keySet().stream().map(ColumnNames::folded).collect(Collectors.toSet());
        for (String name : own.vocabularies().keySet()) {
            if (taken.contains(ColumnNames.folded(name))) {
                throw before.refusal(
                        Operator.kind(operator),
                        name,
                        "an earlier operator made ids of a column of this name",
                        "another name, whatever its case; rename the column first");
            }
        }
    }

    /** What to find out before an operator is built. */
    @FunctionalInterface
    private interface Finder {
        void find(Operator operator, Operator.Input before, FittedState state);
    }

    /** @param runner to run the steps before the last operator that needs data; null for none */
    private static Workflow build(
            WorkflowConfig config, Schema schema, FittedState state, Finder finder, @Nullable StepRunner runner) {
        WorkflowConfig flat = config.flat();
        int last = lastFitted(flat);
        List<Step> steps = new ArrayList<>();
        Schema current = schema;
        List<String> columns = current.names();
        for (int number = 0; number < flat.operators().size(); number++) {
            Operator operator = flat.operators().get(number);
            Operator.Input before = new Operator.Input(number, flat, current);
            finder.find(operator, before, state);
            Operator.Built built = build(operator, before, state);
            if (runner != null && number < last) {
                runner.add(state);
                columns = apply(built.steps(), columns, Step.Place.TRAINING_DATA, runner, true);
            }
            steps.addAll(built.steps());
            current = built.schema();
        }
        return new Workflow(config, schema, state, steps, current, Set.of());
    }

    /** Builds an operator whose columns have names that SQL tells apart. */
    private static Operator.Built build(Operator operator, Operator.Input before, FittedState state) {
        String where = "operator " + before.number() + " (" + Operator.kind(operator) + "), ";
        try {
            Operator.Built built = operator.build(before, state);
            ColumnNames.require(built.schema(), where);
            return built;
        } catch (SchemaException e) {
            throw new ConfigException(where + e.getMessage(), e);
        }
    }

    /**
     * Fits further on new data: vocabularies get the values that are new, behind the ids there are, which stay; means, deviations, ranges
     * and statistics of groups become those of all the data. A value that was too rare is not remembered, so it joins when the new data
     * alone holds it often enough. Medians, given vocabularies, tables beside the events and the ids of a single table stay as they are;
     * summaries are of the new data.
     *
     * @param events which have the columns that the workflow was fitted on, those that {@link #withoutInputs} took away too
     * @return the extended workflow, and which embedding tables must grow; this one stays as it is
     */
    public Extension extend(Path events) {
        return inProcess().extend(this, events);
    }

    /** As {@link #extend(Path)}, on several files or texts, by a database within bounds. */
    public Extension extend(DataSource events, DatabaseSettings settings) {
        return WorkflowEngine.duckDb(settings).extend(this, events);
    }

    /**
     * As {@link #extend(Path)}, on what an engine reads; for engines.
     *
     * @param runner of steps, at events of the {@linkplain #fittedSchema() schema} that the workflow was fitted on
     */
    public Extension extend(StepRunner runner) {
        FittedState copy = new FittedState();
        copy.addAll(state);
        StateMerge merge = new StateMerge(copy, runner);
        Workflow extended = build(
                config,
                input,
                copy,
                (operator, before, all) -> {
                    List<Statistic> statistics = operator.grows() ? operator.statistics(before) : List.of();
                    statistics.forEach(merge::requireInMemory);
                    List<Statistic> whole =
                            statistics.stream().map(StateMerge::whole).toList();
                    List<FittedState> found = runner.find(whole, before.schema());
                    for (int i = 0; i < statistics.size(); i++) {
                        merge.add(statistics.get(i), found.get(i), operator instanceof Categorify);
                    }
                    operator.kept(before, all).forEach(merge::keep);
                },
                runner);
        return new Extension(extended.without(removed), List.copyOf(merge.changes()));
    }

    /**
     * The same workflow for events that lack some columns, such as targets when serving: what is made of them is left out of the result.
     *
     * @throws ConfigException for a column there isn't, that has a role, or that a filter, a groupby or all of the result needs
     */
    public Workflow withoutInputs(Collection<String> columns) {
        for (String column : columns) {
            if (!input.contains(column)
                    || List.of(config.session(), config.item(), config.time()).contains(column)) {
                throw new ConfigException("without inputs: " + column + " (expected: "
                        + Names.expectation(column, input.names()) + ", but not session, item or time)");
            }
        }
        Set<String> all = new LinkedHashSet<>(removed);
        all.addAll(columns);
        return without(all);
    }

    private Workflow without(Set<String> columns) {
        if (columns.isEmpty()) {
            return this;
        }
        InputRemoval.Pruned pruned = InputRemoval.of(steps, output, columns);
        if (pruned.output().columns().isEmpty()) {
            throw new ConfigException("without inputs: " + columns + " leave none of " + output.names()
                    + " (expected: at least one column that is not made of them)");
        }
        return new Workflow(config, input, state, pruned.steps(), pruned.output(), Set.copyOf(columns));
    }

    /**
     * A {@link Nested} part as a workflow of its own, fitted, for data as it is before the part.
     *
     * @throws ConfigException when there is no part of this name, directly among the operators
     */
    public Workflow part(String name) {
        return WorkflowParts.of(config, input, state, name);
    }

    static Workflow of(WorkflowConfig config, Schema input, FittedState state) {
        Workflow built = build(config, input, state, (operator, before, all) -> {}, null);
        built.steps.stream()
                .flatMap(step -> MentionedColumns.expressions(step).stream())
                .forEach(built::requireFitted);
        return built;
    }

    /** A table has the column that is looked up in it; one that lies in files is not read for that. */
    private void requireFitted(Expr expr) {
        if (expr instanceof Expr.LookupColumn lookup) {
            KeyedTable table = state.table(lookup.table());
            if (table.stored() == null && !table.table().columnNames().contains(lookup.column())) {
                throw new ModelFormatException("table " + lookup.table() + ": no column " + lookup.column()
                        + " (expected: one of " + table.table().columnNames() + ")");
            }
        }
    }

    /** Runs the steps that belong to a place; gives the columns after them. */
    private static List<String> apply(
            List<Step> steps, List<String> columns, Step.Place place, StepRunner runner, boolean keep) {
        List<String> current = columns;
        for (Step step : steps) {
            if (step.scope().includes(place)) {
                runner.apply(step, current, keep);
                current = step.columnsAfter(current);
            }
        }
        return current;
    }

    /** Number of the last operator that needs data to be fitted. */
    private static int lastFitted(WorkflowConfig config) {
        for (int number = config.operators().size() - 1; number >= 0; number--) {
            if (config.operators().get(number).needsData()) {
                return number;
            }
        }
        return -1;
    }

    /**
     * Transforms a file or a folder into a Parquet file, with {@code schema.pbtxt} beside it. Rows come in the order of the events,
     * sessions in that of their last event. Several files, texts or other layouts {@link WorkflowEngine} transforms.
     *
     * @return number of rows written
     * @throws DataException when the events don't fit, or the target is what they lie in
     * @throws IOException when the output can't be written; what was there stays
     */
    public long transform(Path events, Path target) throws IOException {
        return inProcess().transform(this, events, target);
    }

    /**
     * Transforms the data that the workflow was fitted on into a file of training rows. Where an operator learns from what is to be
     * predicted ({@link TargetEncoding}, {@link Popularity}), a row's own part, and what came later, is left out here; everywhere else
     * all of it is used.
     *
     * @return number of rows written
     */
    public long transformTraining(Path events, Path target) throws IOException {
        return inProcess().transformTraining(this, events, target);
    }

    /**
     * Replaces ids in a file or a folder by the raw values they stand for, in every column that the workflow made ids of, lists too; other
     * columns stay. Ids of null, unknown values and padding become null. Writes one file.
     *
     * @param sequences Parquet, as {@link #transform} writes it or with some of its columns
     * @return number of rows written
     * @throws DataException when columns of ids hold text
     */
    public long decode(Path sequences, Path target) throws IOException {
        return decode(DataSource.of(sequences), target, DatabaseSettings.defaults());
    }

    /** As {@link #decode(Path, Path)}, of several files, by a database within bounds. */
    public long decode(DataSource sequences, Path target, DatabaseSettings settings) throws IOException {
        return new Decoder(output, state).decode(sequences.withFormat(DataFormat.PARQUET), target, settings);
    }

    /**
     * Applies all steps that data sets take; for engines.
     *
     * @param runner of steps, at events of the {@linkplain #inputSchema() input schema}
     */
    public void run(StepRunner runner) {
        run(runner, Step.Place.DATA_SET);
    }

    /** Applies all steps of a place; for engines. */
    public void run(StepRunner runner, Step.Place place) {
        runner.add(state);
        apply(steps, inputSchema().names(), place, runner, false);
    }

    /** The same workflow for single requests. */
    public RequestPipeline requestPipeline() {
        return pipeline(Step.Place.REQUEST);
    }

    /** In memory, with the steps of a place. */
    RequestPipeline pipeline(Step.Place place) {
        List<Step> chosen =
                steps.stream().filter(step -> step.scope().includes(place)).toList();
        return new RequestPipeline(config, MentionedColumns.of(config, inputSchema(), chosen), chosen, state);
    }

    public WorkflowConfig config() {
        return config;
    }

    /** Columns that events must have. */
    public Schema inputSchema() {
        return input.excluding(removed);
    }

    /** Columns that events must have to fit the workflow further: those of the input, and those that it goes without. */
    public Schema fittedSchema() {
        return input;
    }

    public Schema outputSchema() {
        return output;
    }

    /**
     * Ids of a categorified column, by the name it had then.
     *
     * @throws ConfigException when the column has no ids
     */
    public Vocabulary vocabulary(String column) {
        Vocabulary vocabulary = state.vocabularies().get(column);
        if (vocabulary == null) {
            throw new ConfigException("vocabulary: " + column + " (expected: one of "
                    + state.vocabularies().keySet() + "; add categorify for the column)");
        }
        return vocabulary;
    }

    /** Ids of a categorified column, by the name it had then; null when the column has none. */
    public @Nullable Vocabulary findVocabulary(String column) {
        return state.vocabularies().get(column);
    }

    /**
     * What {@link DataStats} found out: by column, the number of values ({@code count}), of {@code nulls} and of {@code distinct} ones, and
     * of numbers, or of the lengths of texts, {@code min}, {@code max}, {@code mean} and {@code deviation}. A later operator's replaces an
     * earlier one's.
     */
    public Map<String, Map<String, Double>> dataStatistics() {
        Map<String, Map<String, Double>> found = new LinkedHashMap<>();
        String purpose = "." + DataStats.PURPOSE + ".";
        state.statistics().forEach((name, value) -> {
            int at = name.lastIndexOf(purpose);
            if (at >= 0) {
                String column = name.substring(name.indexOf('.') + 1, at);
                found.computeIfAbsent(column, key -> new LinkedHashMap<>())
                        .put(name.substring(at + purpose.length()), value);
            }
        });
        return found;
    }

    /**
     * Writes the workflow as a directory.
     *
     * @param directory to write; one that holds a workflow is replaced as a whole, and stays as it is when that fails
     * @throws DataException when the directory holds other things, or DuckDB can't write a file
     * @throws IOException when it can't be written
     */
    public void save(Path directory) throws IOException {
        WorkflowFiles.Parts parts = new WorkflowFiles.Parts(config, input, state, List.copyOf(removed));
        AtomicFiles.directory(directory, WorkflowFiles.DESCRIPTION, temporary -> WorkflowFiles.write(temporary, parts));
    }

    /**
     * Reads a saved workflow. Of a vocabulary or another table with more than 1,000,000 rows, the rows are read when they are needed in
     * memory, as requests and DuckDB do; the directory must stay as it is until then.
     *
     * @throws ModelFormatException for an unknown version or a damaged file
     */
    public static Workflow load(Path directory) throws IOException {
        return load(directory, WorkflowFiles.ROWS_IN_MEMORY);
    }

    /** @param inMemory most rows of a table that are read now; larger ones when somebody asks for their rows */
    static Workflow load(Path directory, long inMemory) throws IOException {
        WorkflowFiles.Parts parts = WorkflowFiles.read(directory, inMemory);
        try {
            Workflow whole = of(parts.config(), parts.input(), parts.state());
            return parts.removed().isEmpty() ? whole : whole.withoutInputs(parts.removed());
        } catch (ConfigException | SchemaException | ModelFormatException e) {
            throw new ModelFormatException(directory + ": damaged (" + e.getMessage() + ")", e);
        }
    }
}

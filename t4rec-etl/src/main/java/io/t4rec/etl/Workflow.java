package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private Workflow(WorkflowConfig config, Schema input, FittedState state, List<Step> steps, Schema output) {
        this.config = config;
        this.input = input;
        this.state = state;
        this.steps = List.copyOf(steps);
        this.output = output;
    }

    /**
     * Fits the operators, one after another, each on what the ones before it make of the events.
     *
     * @param events Parquet file
     * @param schema of the events; columns it doesn't name are not read
     * @throws DataException when the file lacks a column of the schema or a value can't be used: a number that is not finite, an
     *     integer beyond 64 bits, a missing session, item or time
     * @throws ConfigException when an operator's columns are missing or don't suit
     */
    public static Workflow fit(WorkflowConfig config, Path events, Schema schema) {
        return fit(config, events, schema, "");
    }

    /**
     * As {@link #fit(WorkflowConfig, Path, Schema)}, within bounds of memory.
     *
     * @param memoryLimit what the database may use before it spills to disk, for instance {@code 4GB}; empty for 80 % of the machine's
     *     memory
     */
    public static Workflow fit(WorkflowConfig config, Path events, Schema schema, String memoryLimit) {
        EventFile.requireColumns(config, schema);
        try (DuckDbEngine engine = new DuckDbEngine(config, events, schema, memoryLimit)) {
            return fit(config, schema, engine);
        }
    }

    /**
     * Fits the operators on what an engine reads; for engines.
     *
     * @param schema of the events
     * @param runner of steps, at the events
     */
    public static Workflow fit(WorkflowConfig config, Schema schema, StepRunner runner) {
        EventFile.requireColumns(config, schema);
        int last = lastFitted(config);
        FittedState state = new FittedState();
        List<Step> steps = new ArrayList<>();
        Schema current = IdColumns.unfitted(schema);
        List<String> columns = current.names();
        for (int number = 0; number < config.operators().size(); number++) {
            Operator operator = config.operators().get(number);
            Operator.Input before = new Operator.Input(number, config, current);
            for (Statistic statistic : operator.statistics(before)) {
                state.addAll(runner.find(statistic, current));
            }
            operator.arrange(before, state);
            Operator.Built built = operator.build(before, state);
            if (number < last) {
                runner.add(state);
                columns = apply(built.steps(), columns, Step.Place.TRAINING_DATA, runner, true);
            }
            steps.addAll(built.steps());
            current = built.schema();
        }
        return new Workflow(config, schema, state, steps, current);
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
     * Transforms a Parquet file into another, with {@code schema.pbtxt} beside it. Rows come in the order of the events, sessions in
     * that of their last event.
     *
     * @return number of rows written
     * @throws DataException when the events don't fit
     * @throws IOException when the output can't be written; what was there stays
     */
    public long transform(Path events, Path target) throws IOException {
        return transform(events, target, "");
    }

    /**
     * As {@link #transform(Path, Path)}, within bounds of memory.
     *
     * @param memoryLimit what the database may use before it spills to disk, for instance {@code 4GB}; empty for 80 % of the machine's
     *     memory
     */
    public long transform(Path events, Path target, String memoryLimit) throws IOException {
        return transform(events, target, memoryLimit, Step.Place.DATA_SET);
    }

    /**
     * Transforms the data that the workflow was fitted on into a file of training rows. Where an operator learns from what is to be
     * predicted ({@link TargetEncoding}, {@link Popularity}), a row's own part, and what came later, is left out here; everywhere else
     * all of it is used.
     *
     * @return number of rows written
     */
    public long transformTraining(Path events, Path target, String memoryLimit) throws IOException {
        return transform(events, target, memoryLimit, Step.Place.TRAINING_DATA);
    }

    private long transform(Path events, Path target, String memoryLimit, Step.Place place) throws IOException {
        try (DuckDbEngine engine = new DuckDbEngine(config, events, input, memoryLimit)) {
            run(engine, place);
            long[] rows = new long[1];
            AtomicFiles.file(target, temporary -> rows[0] = engine.write(temporary, output));
            output.write(target.resolveSibling("schema.pbtxt"));
            return rows[0];
        }
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
        apply(steps, input.names(), place, runner, false);
    }

    /** The same workflow for single requests. */
    public RequestPipeline requestPipeline() {
        return pipeline(Step.Place.REQUEST);
    }

    /** In memory, with the steps of a place. */
    RequestPipeline pipeline(Step.Place place) {
        List<Step> chosen =
                steps.stream().filter(step -> step.scope().includes(place)).toList();
        return new RequestPipeline(config, MentionedColumns.of(config, input, chosen), chosen, state);
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

    /** Writes the workflow into a directory, which must exist and be empty. */
    public void save(Path directory) throws IOException {
        WorkflowFiles.write(directory, new WorkflowFiles.Parts(config, input, state));
    }

    /**
     * Reads a saved workflow.
     *
     * @throws ModelFormatException for an unknown version or a damaged file
     */
    public static Workflow load(Path directory) throws IOException {
        WorkflowFiles.Parts parts = WorkflowFiles.read(directory);
        try {
            EventFile.requireColumns(parts.config(), parts.input());
            List<Step> steps = new ArrayList<>();
            Schema current = IdColumns.unfitted(parts.input());
            for (int number = 0; number < parts.config().operators().size(); number++) {
                Operator operator = parts.config().operators().get(number);
                Operator.Built built =
                        operator.build(new Operator.Input(number, parts.config(), current), parts.state());
                steps.addAll(built.steps());
                current = built.schema();
            }
            return new Workflow(parts.config(), parts.input(), parts.state(), steps, current);
        } catch (ConfigException | SchemaException | ModelFormatException e) {
            throw new ModelFormatException(directory + ": damaged (" + e.getMessage() + ")", e);
        }
    }
}

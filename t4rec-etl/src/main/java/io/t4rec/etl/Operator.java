package io.t4rec.etl;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One operation of a workflow. It knows its settings, what must be found out from data, and which engine-independent steps it
 * stands for; it knows no engine. In YAML its kind is the key {@code op}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Categorify.class, name = "categorify"),
    @JsonSubTypes.Type(value = FillMissing.class, name = "fill-missing"),
    @JsonSubTypes.Type(value = Clip.class, name = "clip"),
    @JsonSubTypes.Type(value = Log.class, name = "log"),
    @JsonSubTypes.Type(value = Normalize.class, name = "normalize"),
    @JsonSubTypes.Type(value = Filter.class, name = "filter"),
    @JsonSubTypes.Type(value = Rename.class, name = "rename"),
    @JsonSubTypes.Type(value = AddTags.class, name = "add-tags"),
    @JsonSubTypes.Type(value = AddMetadata.class, name = "add-metadata"),
    @JsonSubTypes.Type(value = TagAs.class, name = "tag-as"),
    @JsonSubTypes.Type(value = FillMedian.class, name = "fill-median"),
    @JsonSubTypes.Type(value = NormalizeMinMax.class, name = "normalize-min-max"),
    @JsonSubTypes.Type(value = Bucketize.class, name = "bucketize"),
    @JsonSubTypes.Type(value = HashBucket.class, name = "hash-bucket"),
    @JsonSubTypes.Type(value = HashedCross.class, name = "hashed-cross"),
    @JsonSubTypes.Type(value = DifferenceLag.class, name = "difference-lag"),
    @JsonSubTypes.Type(value = DropMissing.class, name = "drop-missing"),
    @JsonSubTypes.Type(value = DropLowCardinality.class, name = "drop-low-cardinality"),
    @JsonSubTypes.Type(value = ReduceDtypeSize.class, name = "reduce-dtype-size"),
    @JsonSubTypes.Type(value = ValueCount.class, name = "value-count"),
    @JsonSubTypes.Type(value = Select.class, name = "select"),
    @JsonSubTypes.Type(value = Copy.class, name = "copy"),
    @JsonSubTypes.Type(value = Nested.class, name = "nested"),
    @JsonSubTypes.Type(value = InverseCategorify.class, name = "inverse-categorify"),
    @JsonSubTypes.Type(value = TargetEncoding.class, name = "target-encoding"),
    @JsonSubTypes.Type(value = JoinGroupby.class, name = "join-groupby"),
    @JsonSubTypes.Type(value = JoinExternal.class, name = "join-external"),
    @JsonSubTypes.Type(value = Popularity.class, name = "popularity"),
    @JsonSubTypes.Type(value = RelativeToGroup.class, name = "relative-to-group"),
    @JsonSubTypes.Type(value = KCore.class, name = "k-core"),
    @JsonSubTypes.Type(value = DataStats.class, name = "data-stats"),
    @JsonSubTypes.Type(value = ColumnSimilarity.class, name = "column-similarity"),
    @JsonSubTypes.Type(value = Lambda.class, name = "lambda"),
    @JsonSubTypes.Type(value = TimeFeatures.class, name = "time-features"),
    @JsonSubTypes.Type(value = Sessionize.class, name = "sessionize"),
    @JsonSubTypes.Type(value = DropConsecutiveRepeats.class, name = "drop-consecutive-repeats"),
    @JsonSubTypes.Type(value = MinSupport.class, name = "min-support"),
    @JsonSubTypes.Type(value = Groupby.class, name = "groupby"),
    @JsonSubTypes.Type(value = ListSlice.class, name = "list-slice"),
    @JsonSubTypes.Type(value = SessionLengthFilter.class, name = "session-length-filter")
})
public sealed interface Operator
        permits AddMetadata,
                AddTags,
                Bucketize,
                Categorify,
                Clip,
                ColumnSimilarity,
                Copy,
                DataStats,
                DifferenceLag,
                DropConsecutiveRepeats,
                DropLowCardinality,
                DropMissing,
                FillMedian,
                FillMissing,
                Filter,
                Groupby,
                HashBucket,
                HashedCross,
                InverseCategorify,
                JoinExternal,
                JoinGroupby,
                KCore,
                Lambda,
                ListSlice,
                Log,
                MinSupport,
                Nested,
                Normalize,
                NormalizeMinMax,
                Popularity,
                ReduceDtypeSize,
                RelativeToGroup,
                Rename,
                Select,
                SessionLengthFilter,
                Sessionize,
                TagAs,
                TargetEncoding,
                TimeFeatures,
                ValueCount {
    /** The name of its kind, the key {@code op}. */
    static String kind(Operator operator) {
        JsonSubTypes kinds = Objects.requireNonNull(Operator.class.getAnnotation(JsonSubTypes.class));
        return Arrays.stream(kinds.value())
                .filter(kind -> kind.value().isInstance(operator))
                .map(JsonSubTypes.Type::name)
                .findFirst()
                .orElseThrow();
    }

    /** Whether something must be found out from data. */
    default boolean needsData() {
        return false;
    }

    /**
     * What must be found out from the data before this operator; nothing unless it {@linkplain #needsData() needs data}.
     *
     * @throws ConfigException for columns that are missing or don't suit
     */
    default List<Statistic> statistics(Input input) {
        return List.of();
    }

    /** Whether new data may add to what was found out before; see {@link Workflow#extend}. */
    default boolean grows() {
        return true;
    }

    /**
     * What was fitted and stays as it is when new data comes, by name with its size.
     *
     * @param state that holds it
     */
    default Map<String, Long> kept(Input input, FittedState state) {
        return Map.of();
    }

    /**
     * Adds to what was found out, or puts it in order, when fitting: after the statistics, before {@link #build}.
     *
     * @throws ConfigException when something doesn't suit
     */
    default void arrange(Input input, FittedState state) {}

    /**
     * Steps and schema after this operator.
     *
     * @throws ConfigException for columns that are missing or don't suit
     */
    Built build(Input input, FittedState state);

    /** What an operator becomes: steps, or none when only the schema changes. */
    record Built(List<Step> steps, Schema schema) {}

    /**
     * What an operator is applied to.
     *
     * @param number of the operator in the workflow, from 0
     * @param schema of the data before the operator
     */
    record Input(int number, WorkflowConfig workflow, Schema schema) {
        /** Name of something fitted for a column. */
        String key(String column, String purpose) {
            return number + "." + column + "." + purpose;
        }

        /** Columns that tell sessions apart: the session column and, once there is one, the number of the session. */
        List<String> session() {
            List<String> columns = new ArrayList<>(List.of(workflow.session()));
            if (workflow.operators().subList(0, number).stream().anyMatch(Sessionize.class::isInstance)
                    || Sessionize.divides(schema)) {
                columns.add(Sessionize.COLUMN);
            }
            return columns;
        }

        /** The columns that entries choose: {@link ColumnSelection}. */
        List<String> select(String operator, List<String> entries) {
            try {
                return ColumnSelection.of(entries, schema);
            } catch (ColumnSelection.NothingChosen e) {
                throw refusal(operator, e.entry(), "absent", e.expected());
            }
        }

        /** The columns that entries choose to tell groups apart: at least one. */
        List<String> keys(String operator, List<String> entries) {
            List<String> chosen = select(operator, entries);
            if (chosen.isEmpty()) {
                throw new ConfigException("operator " + number + " (" + operator + "): keys " + entries
                        + " choose none of " + schema.names() + " (expected: at least one)");
            }
            return chosen;
        }

        /** The operator's input column. */
        ColumnSchema require(String operator, String column) {
            if (!schema.contains(column)) {
                throw refusal(operator, column, "absent", Names.expectation(column, schema.names()));
            }
            return schema.get(column);
        }

        /** The operator's input column, which must hold one value an event. */
        ColumnSchema scalar(String operator, String column) {
            ColumnSchema found = require(operator, column);
            if (found.isList()) {
                throw refusal(operator, column, "a list", "one value an event; put the operator before groupby");
            }
            return found;
        }

        /** The operator's input column, whose values may change: not what sessions and their order are told by. */
        ColumnSchema changeable(String operator, String column) {
            ColumnSchema found = require(operator, column);
            if (session().contains(column) || (column.equals(workflow.time()) && !found.isList())) {
                throw refusal(operator, column, "tells sessions and their order", "another column, or time-features");
            }
            return found;
        }

        /** That a new column's name is free, whatever its case. */
        void requireNew(String operator, String column) {
            if (schema.names().stream().map(ColumnNames::folded).anyMatch(ColumnNames.folded(column)::equals)) {
                throw refusal(operator, column, "exists", "a name that is free; rename the other column first");
            }
        }

        ConfigException refusal(String operator, String column, String value, String expected) {
            return new ConfigException("operator " + number + " (" + operator + "), column " + column + ": " + value
                    + " (expected: " + expected + ")");
        }
    }
}

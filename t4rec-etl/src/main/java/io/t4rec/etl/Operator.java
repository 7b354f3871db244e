package io.t4rec.etl;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.t4rec.data.Database;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.List;

/**
 * One operation of a workflow. It knows its settings, what it must find out from data, and which engine-independent steps it
 * stands for; it knows no engine. In YAML its kind is the key {@code op}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Operators.Categorify.class, name = "categorify"),
    @JsonSubTypes.Type(value = Operators.FillMissing.class, name = "fill-missing"),
    @JsonSubTypes.Type(value = Operators.Clip.class, name = "clip"),
    @JsonSubTypes.Type(value = Operators.Log.class, name = "log"),
    @JsonSubTypes.Type(value = Operators.Normalize.class, name = "normalize"),
    @JsonSubTypes.Type(value = Filter.class, name = "filter"),
    @JsonSubTypes.Type(value = Operators.Rename.class, name = "rename"),
    @JsonSubTypes.Type(value = Operators.AddTags.class, name = "add-tags"),
    @JsonSubTypes.Type(value = Operators.TimeFeatures.class, name = "time-features"),
    @JsonSubTypes.Type(value = SessionOperators.DropConsecutiveRepeats.class, name = "drop-consecutive-repeats"),
    @JsonSubTypes.Type(value = SessionOperators.MinSupport.class, name = "min-support"),
    @JsonSubTypes.Type(value = SessionOperators.Groupby.class, name = "groupby"),
    @JsonSubTypes.Type(value = SessionOperators.ListSlice.class, name = "list-slice"),
    @JsonSubTypes.Type(value = SessionOperators.SessionLengthFilter.class, name = "session-length-filter")
})
public sealed interface Operator permits Filter, Operators.EventOperator, SessionOperators.SequenceOperator {
    /** Looks at the data before this operator and keeps what it needs. Most operators need nothing. */
    default void fit(FitContext context) {}

    /**
     * Steps and schema after this operator.
     *
     * @throws ConfigException for columns that are missing or don't suit
     */
    Built build(BuildContext context);

    /** What an operator becomes: a step, or none when only the schema changes. */
    record Built(List<Step> steps, Schema schema) {}

    /** Data at hand when fitting: a relation with the columns of the schema and {@code __row}. */
    record FitContext(int number, Database database, String relation, Schema schema, FittedState state) {
        String key(String column, String statistic) {
            return number + "." + column + "." + statistic;
        }

        /** Quoted name of the operator's input column. */
        String require(String operator, String column) {
            checkPresent(number, operator, column, schema);
            return Database.identifier(column);
        }
    }

    private static void checkPresent(int number, String operator, String column, Schema schema) {
        if (!schema.contains(column)) {
            throw new ConfigException("operator " + number + " (" + operator + "), column " + column
                    + ": absent (expected: " + Names.expectation(column, schema.names()) + ")");
        }
    }

    /** What is known when building steps. */
    record BuildContext(int number, WorkflowConfig workflow, Schema schema, FittedState state) {
        String key(String column, String statistic) {
            return number + "." + column + "." + statistic;
        }

        /** The operator's input column. */
        ColumnSchema require(String operator, String column) {
            checkPresent(number, operator, column, schema);
            return schema.get(column);
        }

        /** The operator's input column, which must hold one value an event. */
        ColumnSchema scalar(String operator, String column) {
            ColumnSchema found = require(operator, column);
            if (found.isList()) {
                throw new ConfigException("operator " + number + " (" + operator + "), column " + column
                        + ": a list (expected: one value an event; put the operator before groupby)");
            }
            return found;
        }
    }
}

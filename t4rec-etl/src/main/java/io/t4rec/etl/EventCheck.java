package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * What a value of the events must not be, since it would change on the way: a number that is not finite, an integer that doesn't fit, a
 * missing id or time, a truth that is neither true nor false.
 *
 * @param column name
 * @param condition SQL on a row, which holds for values to refuse
 * @param expected for the message
 */
public record EventCheck(String column, String condition, String expected) {
    /** What is expected of truth; words in texts count as these numbers. */
    static final String TRUTH = "1 (true), 0 (false) or null";

    /** What is expected of numbers of 32 bits. */
    static final String FLOATS = "a number of at most 3.4e38, as a 32-bit float holds, or null";

    /**
     * What to check of a column.
     *
     * @param column as the schema has it
     * @param type of its values, or of the elements of its lists, in SQL
     * @param fits whether all values of that type are integers of 64 bits
     */
    public static List<EventCheck> of(
            WorkflowConfig config, SqlDialect dialect, ColumnSchema column, String type, boolean fits) {
        List<EventCheck> checks = new ArrayList<>();
        String value = column.isList() ? "v" : dialect.identifier(column.name());
        if (List.of(config.session(), config.item(), config.time()).contains(column.name())) {
            checks.add(check(dialect, column, value + " is null", "an id or a time"));
        }
        if (column.dtype().isFloating()) {
            String unfit = value + " is not null and not coalesce(" + dialect.isFinite(value, type) + ", false)";
            checks.add(check(dialect, column, unfit, "a finite number or null"));
            if (column.dtype() == DType.FLOAT32) {
                String large = "abs(try_cast(" + value + " as double)) > " + (double) Float.MAX_VALUE;
                checks.add(check(dialect, column, large, FLOATS));
            }
        } else if (column.dtype() == DType.BOOL) {
            if (!type.equalsIgnoreCase("boolean")) {
                String unfit = value + " is not null and (" + changes(value, type) + " or try_cast(" + value
                        + " as bigint) not in (0, 1))";
                checks.add(check(dialect, column, unfit, TRUTH));
            }
        } else if (column.dtype() != DType.STRING && !fits) {
            String unfit = value + " is not null and " + changes(value, type);
            checks.add(check(dialect, column, unfit, "an integer of 64 bits or null"));
        }
        if (column.name().equals(config.time())) {
            String late = "try_cast(" + value + " as bigint) not between -" + EventRelation.LATEST + " and "
                    + EventRelation.LATEST;
            checks.add(check(dialect, column, late, "a time in microseconds since 1970"));
        }
        return checks;
    }

    private static String changes(String value, String type) {
        return "try_cast(try_cast(" + value + " as bigint) as " + type + ") is distinct from " + value;
    }

    private static EventCheck check(SqlDialect dialect, ColumnSchema column, String condition, String expected) {
        return new EventCheck(
                column.name(),
                column.isList() ? dialect.anyElement(dialect.identifier(column.name()), "v", condition) : condition,
                expected);
    }
}

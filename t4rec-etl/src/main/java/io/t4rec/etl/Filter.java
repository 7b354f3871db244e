package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the events whose column passes a test; a null passes none. Runs on data sets and on requests alike, so a request of which
 * no event passes has no session.
 *
 * @param column an integer, number or text column with one value an event
 * @param test what the value must be
 * @param value compared with: integer, number or text as the column is; null for {@link Test#PRESENT}
 */
public record Filter(String column, Test test, @Nullable Object value) implements Operator {
    /** Tests of a value. */
    public enum Test {
        /** Not null. */
        PRESENT,
        /** Equal; integers and text. */
        EQUAL,
        /** Present and other than the given one; integers and text. */
        DIFFERENT,
        /** Greater or equal; integers and numbers. */
        AT_LEAST,
        /** Less or equal; integers and numbers. */
        AT_MOST
    }

    /** @throws ConfigException without column or test, and when a value is missing or superfluous */
    public Filter {
        if (column == null || test == null) {
            throw new ConfigException("filter: column " + column + ", test " + test + " (expected: both)");
        }
        if ((test == Test.PRESENT) != (value == null)) {
            throw new ConfigException("filter, column " + column + ": test " + test + ", value " + value
                    + " (expected: a value, but none for PRESENT)");
        }
        value = value instanceof Integer number ? (Object) number.longValue() : value;
    }

    @Override
    public Built build(BuildContext context) {
        ColumnSchema input = context.scalar("filter", column);
        Expr present = Expr.call(Expr.Function.DISTINCT, Expr.column(column), Expr.literal(null));
        if (value == null) {
            return keeping(present, context);
        }
        Expr left = Expr.column(column);
        Expr right = Expr.literal(typed(input, value, context.number()));
        return keeping(
                switch (test) {
                    case PRESENT -> present;
                    case EQUAL -> Expr.call(Expr.Function.EQUAL, left, right);
                    case DIFFERENT ->
                        Expr.call(Expr.Function.EQUAL, Expr.call(Expr.Function.EQUAL, left, right), Expr.literal(0L));
                    case AT_LEAST -> Expr.call(Expr.Function.AT_LEAST, left, right);
                    case AT_MOST -> Expr.call(Expr.Function.AT_LEAST, right, left);
                },
                context);
    }

    private static Built keeping(Expr predicate, BuildContext context) {
        return new Built(List.of(new Step.Where(predicate, false)), context.schema());
    }

    private Object typed(ColumnSchema input, Object given, int number) {
        boolean ordered = test == Test.AT_LEAST || test == Test.AT_MOST;
        if (input.dtype() == DType.STRING && !ordered && given instanceof String) {
            return given;
        }
        if (input.dtype().isFloating()
                && ordered
                && given instanceof Number real
                && Double.isFinite(real.doubleValue())) {
            return real.doubleValue();
        }
        if (input.dtype() != DType.STRING && !input.dtype().isFloating() && given instanceof Long) {
            return given;
        }
        throw new ConfigException("operator " + number + " (filter), column " + column + ": test " + test + ", value "
                + given + " (expected: a value of type " + input.dtype()
                + "; order for numbers, equality for integers and text)");
    }
}

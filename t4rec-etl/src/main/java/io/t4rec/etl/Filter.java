package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the events whose column passes a test; a null passes none but {@link Test#ABSENT}. Runs on data sets and on requests alike,
 * so a request of which no event passes has no session.
 *
 * @param column an integer, number or text column with one value an event
 * @param test what the value must be
 * @param value compared with: integer, number, text or truth value as the column is; a list of them for {@link Test#IN} and {@link
 *     Test#NOT_IN}; null for {@link Test#PRESENT} and {@link Test#ABSENT}
 */
public record Filter(String column, Test test, @Nullable Object value) implements Operator {
    /** Tests of a value. */
    public enum Test {
        /** Not null. */
        PRESENT,
        /** Null. */
        ABSENT,
        /** Equal; integers and text. */
        EQUAL,
        /** Present and other than the given one; integers and text. */
        DIFFERENT,
        /** One of a list; integers and text. */
        IN,
        /** Present and none of a list; integers and text. */
        NOT_IN,
        /** Greater or equal; integers, compared exactly, and numbers. */
        AT_LEAST,
        /** Less or equal; integers, compared exactly, and numbers. */
        AT_MOST;

        private boolean isNullTest() {
            return this == PRESENT || this == ABSENT;
        }

        private boolean takesList() {
            return this == IN || this == NOT_IN;
        }

        private boolean isOrder() {
            return this == AT_LEAST || this == AT_MOST;
        }
    }

    /** @throws ConfigException without column or test, and when a value is missing or superfluous */
    public Filter {
        if (column == null || test == null) {
            throw new ConfigException("filter: column " + column + ", test " + test + " (expected: both)");
        }
        boolean fits = test.isNullTest()
                ? value == null
                : value != null && test.takesList() == (value instanceof List<?> list && !list.isEmpty());
        if (!fits) {
            throw new ConfigException("filter, column " + column + ": test " + test + ", value " + value
                    + " (expected: a value; for IN and NOT_IN a list with at least one; none for PRESENT and ABSENT)");
        }
        value = value instanceof List<?> list
                ? (Object) list.stream().map(Filter::widened).toList()
                : widened(value);
    }

    private static @Nullable Object widened(@Nullable Object value) {
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    @Override
    public Built build(Input input, FittedState state) {
        ColumnSchema found = input.scalar("filter", column);
        Expr left = Expr.column(column);
        Expr predicate = switch (test) {
            case PRESENT -> Expr.call(Expr.Function.DISTINCT, left, Expr.literal(null));
            case ABSENT -> Expr.call(Expr.Function.NOT, Expr.call(Expr.Function.DISTINCT, left, Expr.literal(null)));
            case EQUAL -> Expr.call(Expr.Function.EQUAL, left, right(found, input));
            case DIFFERENT -> Expr.call(Expr.Function.NOT, Expr.call(Expr.Function.EQUAL, left, right(found, input)));
            case IN -> in(found, input);
            case NOT_IN -> Expr.call(Expr.Function.NOT, in(found, input));
            case AT_LEAST -> Expr.call(Expr.Function.AT_LEAST, left, right(found, input));
            case AT_MOST -> Expr.call(Expr.Function.AT_LEAST, right(found, input), left);
        };
        return new Built(List.of(new Step.Where(predicate, Step.Scope.EVERYWHERE)), input.schema());
    }

    private Expr right(ColumnSchema found, Input input) {
        return Expr.literal(typed(found, value, input));
    }

    private Expr in(ColumnSchema found, Input input) {
        List<Expr> arguments = new ArrayList<>(List.of(Expr.column(column)));
        ((List<?>) Objects.requireNonNull(value))
                .forEach(each -> arguments.add(Expr.literal(typed(found, each, input))));
        return new Expr.Call(Expr.Function.IN, arguments);
    }

    private Object typed(ColumnSchema found, @Nullable Object given, Input input) {
        if (found.dtype() == DType.STRING && !test.isOrder() && given instanceof String) {
            return given;
        }
        if (found.dtype().isFloating()
                && test.isOrder()
                && given instanceof Number real
                && Double.isFinite(real.doubleValue())) {
            return real.doubleValue();
        }
        Long truth = Operators.truth(given);
        if (found.dtype() == DType.BOOL && truth != null) {
            return truth;
        }
        if (found.dtype().isInteger() && given instanceof Long) {
            return given;
        }
        throw input.refusal(
                "filter",
                column,
                "test " + test + ", value " + given,
                "a value of type " + found.dtype() + "; order for numbers, equality for integers and text");
    }
}

package io.t4rec.etl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value computed from the columns of a row. Null in gives null out, unless said otherwise, as in SQL. Integers are 64-bit,
 * numbers double, truth values the integers 0 and 1.
 *
 * <p>{@code session} names the columns that tell sessions apart; order within a session is that of time, equal times in the order
 * of the data.
 */
public sealed interface Expr {
    /** A column of the row. */
    record Column(String name) implements Expr {}

    /** A constant: Long, Double, String or null. */
    record Literal(@Nullable Object value) implements Expr {}

    /** A function of other values. */
    record Call(Function function, List<Expr> arguments) implements Expr {}

    /**
     * Id of a value in a fitted vocabulary: 1 for null, 2 for a value that is not in it. Never null.
     *
     * @param vocabulary name of the vocabulary
     */
    record Lookup(String vocabulary, Expr value) implements Expr {}

    /**
     * The same for each element of a list.
     *
     * @param vocabulary name of the vocabulary
     */
    record LookupEach(String vocabulary, Expr list) implements Expr {}

    /**
     * The fitted integer of a value; null for a value that has none.
     *
     * @param numbers name of the {@link KeyedNumbers}
     */
    record LookupNumber(String numbers, Expr value) implements Expr {}

    /**
     * The value at an earlier event of the same session; null where there is none.
     *
     * @param shift how many events earlier, at least 1; negative for a later one
     */
    record Previous(Expr value, List<String> session, int shift) implements Expr {
        /** At the event before. */
        Previous(Expr value, List<String> session) {
            this(value, session, 1);
        }
    }

    /** The sum of an integer over the session's events up to this one. */
    record SumSoFar(Expr value, List<String> session) implements Expr {}

    /** The largest value of an integer in the session. */
    record Largest(Expr value, List<String> session) implements Expr {}

    /**
     * Part of a list by Python's slice rules.
     *
     * @param start first element; negative counts from the end
     * @param end element after the last; null for the end of the list
     */
    record Slice(Expr list, long start, @Nullable Long end) implements Expr {}

    /**
     * A list with a value computed from each element.
     *
     * @param body made of {@link Element}, constants and functions of them
     */
    record Each(Expr list, Expr body) implements Expr {}

    /** The element in {@link Each}. */
    record Element() implements Expr {}

    /**
     * A list filled on the right up to a length; longer ones stay.
     *
     * @param value constant in the new places, of the type of the elements
     */
    record Pad(Expr list, long length, Literal value) implements Expr {}

    /** What can be computed from scalars, and from lists where said. */
    enum Function {
        ADD,
        SUBTRACT,
        MULTIPLY,
        /** A quotient of numbers; null where the divisor is 0. */
        DIVIDE,
        /** ln(x + 1); null at -1 and below. */
        LOG1P,
        SIN,
        COS,
        /** The larger of two, as a number. */
        GREATEST,
        /** The smaller of two, as a number. */
        LEAST,
        /** The first of two that is not null. */
        COALESCE,
        /** Whether two values differ; null counts as a value. Never null. */
        DISTINCT,
        /** Whether two values of one type are equal. */
        EQUAL,
        /** Whether the first is at least the second; both integers, compared exactly, or both numbers. */
        AT_LEAST,
        /** Whether the first equals one of the others. */
        IN,
        /** 1 for 0 and 0 for 1. */
        NOT,
        /** Hour of the day of a time in microseconds since 1970, UTC: 0 to 23. */
        HOUR,
        /** Day of the week of such a time: 0 is Monday. */
        WEEKDAY,
        /** Number of elements of a list. */
        LENGTH,
        /** How many of the other arguments, numbers that rise, are at most the first. */
        BUCKET,
        /** {@link StableHash#bucket} of an integer or text; the second argument is the number of buckets. */
        HASH_BUCKET,
        /** Several integers or texts as one text: {@link TupleText}. Null only when all are null. */
        TUPLE,
        /** The nearest 32-bit float. */
        SINGLE
    }

    static Expr call(Function function, Expr... arguments) {
        return new Call(function, List.of(arguments));
    }

    static Expr column(String name) {
        return new Column(name);
    }

    static Expr literal(@Nullable Object value) {
        return new Literal(value);
    }

    /** Whether a value depends on other rows, or costs a join for each element. */
    static boolean isCostly(Expr expr) {
        if (expr instanceof Call call) {
            return call.arguments().stream().anyMatch(Expr::isCostly);
        }
        if (expr instanceof Lookup lookup) {
            return isCostly(lookup.value());
        }
        if (expr instanceof LookupNumber lookup) {
            return isCostly(lookup.value());
        }
        if (expr instanceof Each each) {
            return isCostly(each.list()) || isCostly(each.body());
        }
        return expr instanceof Previous
                || expr instanceof SumSoFar
                || expr instanceof Largest
                || expr instanceof LookupEach;
    }
}

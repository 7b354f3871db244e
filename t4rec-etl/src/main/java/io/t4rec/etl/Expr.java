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

    /** The value at the previous event of the same session; null at the first. */
    record Previous(Expr value, List<String> session) implements Expr {}

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

    /** What can be computed from scalars, and from lists where said. */
    enum Function {
        SUBTRACT,
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
        LENGTH
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
        return expr instanceof Previous
                || expr instanceof SumSoFar
                || expr instanceof Largest
                || expr instanceof LookupEach;
    }
}

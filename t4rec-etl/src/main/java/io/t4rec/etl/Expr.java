package io.t4rec.etl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value computed from the columns of a row. Null in gives null out, unless said otherwise, as in SQL. Integers are 64-bit,
 * numbers double.
 */
sealed interface Expr {
    /** A column of the row. */
    record Column(String name) implements Expr {}

    /** A constant: Long, Double, String or null. */
    record Literal(@Nullable Object value) implements Expr {}

    /** A function of other values. */
    record Call(Function function, List<Expr> arguments) implements Expr {}

    /**
     * Id of a value in a fitted vocabulary: 1 for null, 2 for a value that is not in it.
     *
     * @param vocabulary name of the vocabulary
     */
    record Lookup(String vocabulary, Expr value) implements Expr {}

    /** The value at the previous event of the same session, in order of time; null at the first. */
    record Previous(Expr value) implements Expr {}

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
        /** The larger of two. */
        GREATEST,
        /** The smaller of two. */
        LEAST,
        /** The first that is not null. */
        COALESCE,
        /** Whether two values differ; null counts as a value. Never null. */
        DISTINCT,
        /** Whether two values are equal. */
        EQUAL,
        /** Whether the first is at least the second. */
        AT_LEAST,
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
}

package io.t4rec.etl;

import io.t4rec.schema.DType;
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
    /** The expressions that this one is made of. */
    default List<Expr> parts() {
        return List.of();
    }

    /** Columns that tell groups of rows apart, when the value depends on other rows; else none. */
    default List<String> groupedBy() {
        return List.of();
    }

    /** A column of the row. */
    record Column(String name) implements Expr {}

    /** A constant: Long, Double, String or null. */
    record Literal(@Nullable Object value) implements Expr {}

    /** A function of other values. */
    record Call(Function function, List<Expr> arguments) implements Expr {
        @Override
        public List<Expr> parts() {
            return arguments;
        }
    }

    /**
     * Id of a value in a fitted vocabulary; null and values that are not in it have ids of their own. Never null.
     *
     * @param vocabulary name of the vocabulary
     * @param layout of the vocabulary
     */
    record Lookup(String vocabulary, Expr value, IdLayout layout) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(value);
        }

        /** In the usual layout: 1 for null, 2 for a value that is not there. */
        Lookup(String vocabulary, Expr value) {
            this(vocabulary, value, IdLayout.USUAL);
        }
    }

    /**
     * The same for each element of a list.
     *
     * @param vocabulary name of the vocabulary
     * @param layout of the vocabulary
     */
    record LookupEach(String vocabulary, Expr list, IdLayout layout) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(list);
        }
    }

    /**
     * The raw value of an id; null for an id that stands for none.
     *
     * @param vocabulary name of the vocabulary
     */
    record LookupValue(String vocabulary, Expr id) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(id);
        }
    }

    /**
     * The same for each element of a list.
     *
     * @param vocabulary name of the vocabulary
     * @param text whether values are text; else they are integers
     */
    record LookupValues(String vocabulary, Expr list, boolean text) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(list);
        }
    }

    /**
     * A column of the row of a {@link KeyedTable} with a key; null where there is none, an empty list for lists.
     *
     * @param table name of the table
     * @param elements type of the elements of lists; null for a column of single values
     */
    record LookupColumn(
            String table, String column, Expr key, @Nullable DType elements) implements Expr {
        /** Of single values. */
        LookupColumn(String table, String column, Expr key) {
            this(table, column, key, null);
        }

        @Override
        public List<Expr> parts() {
            return List.of(key);
        }
    }

    /**
     * The fitted integer of a value; null for a value that has none.
     *
     * @param numbers name of the {@link KeyedNumbers}
     */
    record LookupNumber(String numbers, Expr value) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(value);
        }
    }

    /**
     * The value at an earlier event of the same session; null where there is none.
     *
     * @param shift how many events earlier, at least 1; negative for a later one
     */
    record Previous(Expr value, List<String> session, int shift) implements Expr {
        @Override
        public List<String> groupedBy() {
            return session;
        }

        @Override
        public List<Expr> parts() {
            return List.of(value);
        }

        /** At the event before. */
        Previous(Expr value, List<String> session) {
            this(value, session, 1);
        }
    }

    /** The sum of an integer over the session's events up to this one. */
    record SumSoFar(Expr value, List<String> session) implements Expr {
        @Override
        public List<String> groupedBy() {
            return session;
        }

        @Override
        public List<Expr> parts() {
            return List.of(value);
        }
    }

    /** The largest value of an integer in the session. */
    record Largest(Expr value, List<String> session) implements Expr {
        @Override
        public List<String> groupedBy() {
            return session;
        }

        @Override
        public List<Expr> parts() {
            return List.of(value);
        }
    }

    /** Number of rows of the group. */
    record Rows(List<String> group) implements Expr {
        @Override
        public List<String> groupedBy() {
            return group;
        }
    }

    /** Number of rows of the group whose time is earlier; rows of the same time don't count each other. */
    record Earlier(List<String> group) implements Expr {
        @Override
        public List<String> groupedBy() {
            return group;
        }
    }

    /**
     * A function of the user's own, null where an argument is and where the result is not finite: as SQL for files and as Java for
     * requests.
     *
     * @param where the operator and its column, for messages
     * @param sql with {@code {0}}, {@code {1}} ... in place of the arguments; null when there is none
     * @param function name under which the Java function is registered; null when there is none
     * @param inputs types of the arguments
     * @param type of the result
     */
    record Custom(
            String where,
            @Nullable String sql,
            @Nullable String function,
            List<Expr> arguments,
            List<DType> inputs,
            DType type)
            implements Expr {
        @Override
        public List<Expr> parts() {
            return arguments;
        }
    }

    /**
     * Part of a list by Python's slice rules.
     *
     * @param start first element; negative counts from the end
     * @param end element after the last; null for the end of the list
     */
    record Slice(Expr list, long start, @Nullable Long end) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(list);
        }
    }

    /**
     * A list with a value computed from each element.
     *
     * @param body made of {@link Element}, constants and functions of them
     */
    record Each(Expr list, Expr body) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(list, body);
        }
    }

    /** The element in {@link Each}. */
    record Element() implements Expr {}

    /**
     * A list filled on the right up to a length; longer ones stay.
     *
     * @param value constant in the new places, of the type of the elements
     */
    record Pad(Expr list, long length, Literal value) implements Expr {
        @Override
        public List<Expr> parts() {
            return List.of(list);
        }
    }

    /** What can be computed from scalars, and from lists where said. */
    enum Function {
        ADD,
        SUBTRACT,
        /** The first of two integers minus the second, exactly, then as a number: it may lie beyond 64 bits. */
        DIFFERENCE,
        MULTIPLY,
        SQRT,
        /** Sum of the products of two lists' numbers, of equal length; null when one of them is empty. */
        DOT,
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
        return !expr.groupedBy().isEmpty()
                || expr instanceof LookupEach
                || expr instanceof LookupValues
                || expr.parts().stream().anyMatch(Expr::isCostly);
    }
}

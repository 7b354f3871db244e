package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The functions of {@link Expr} on values in memory. */
final class RequestFunctions {
    static final long MICROS_PER_HOUR = 3_600_000_000L;
    static final long MICROS_PER_DAY = 24 * MICROS_PER_HOUR;

    /** 1 January 1970 was a Thursday. */
    static final long WEEKDAY_OF_1970 = 3;

    private RequestFunctions() {}

    /** Applies a function row by row. */
    static Column call(Expr.Function function, List<Column> arguments, int rows) {
        @Nullable Object[] results = new Object[rows];
        @Nullable Object[] values = new Object[arguments.size()];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < values.length; i++) {
                values[i] = arguments.get(i).value(row);
            }
            results[row] = call(function, values);
        }
        return column(results, kind(function, arguments));
    }

    /** Types of a result. */
    private enum Kind {
        INTEGERS,
        NUMBERS,
        TEXT
    }

    private static Kind kind(Expr.Function function, List<Column> arguments) {
        return switch (function) {
            case DIVIDE, DIFFERENCE, LOG1P, SIN, COS, GREATEST, LEAST, SINGLE, SQRT, DOT -> Kind.NUMBERS;
            case TUPLE -> Kind.TEXT;
            case ADD, SUBTRACT, MULTIPLY, COALESCE ->
                arguments.stream().anyMatch(Column.Strings.class::isInstance)
                        ? Kind.TEXT
                        : arguments.stream().anyMatch(Column.Doubles.class::isInstance) ? Kind.NUMBERS : Kind.INTEGERS;
            default -> Kind.INTEGERS;
        };
    }

    /** A constant in every row. */
    static Column constant(@Nullable Object value, int rows) {
        @Nullable Object[] values = new Object[rows];
        Arrays.fill(values, value);
        return column(
                values, value instanceof String ? Kind.TEXT : value instanceof Double ? Kind.NUMBERS : Kind.INTEGERS);
    }

    private static Column column(@Nullable Object[] values, Kind kind) {
        if (kind == Kind.TEXT) {
            @Nullable String[] texts = new String[values.length];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = (String) values[i];
            }
            return new Column.Strings(texts);
        }
        BitSet nulls = new BitSet();
        double[] numbers = new double[kind == Kind.NUMBERS ? values.length : 0];
        long[] integers = new long[kind == Kind.INTEGERS ? values.length : 0];
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] instanceof Number number)) {
                nulls.set(i);
            } else if (kind == Kind.NUMBERS) {
                numbers[i] = number.doubleValue();
            } else {
                integers[i] = number.longValue();
            }
        }
        return kind == Kind.NUMBERS ? new Column.Doubles(numbers, nulls) : new Column.Longs(integers, nulls);
    }

    private static @Nullable Object call(Expr.Function function, @Nullable Object[] a) {
        if (function == Expr.Function.COALESCE) {
            return a[0] != null ? a[0] : a[1];
        }
        if (function == Expr.Function.DISTINCT) {
            return truth(
                    a[0] == null || a[1] == null
                            ? a[0] != a[1]
                            : !comparable(a[0]).equals(comparable(a[1])));
        }
        if (function == Expr.Function.TUPLE) {
            return TupleText.of(a);
        }
        for (Object value : a) {
            if (value == null) {
                return null;
            }
        }
        Object first = Objects.requireNonNull(a[0]);
        return switch (a.length) {
            case 1 -> ofOne(function, first);
            case 2 ->
                function == Expr.Function.IN || function == Expr.Function.BUCKET
                        ? ofMany(function, a)
                        : ofTwo(function, first, Objects.requireNonNull(a[1]));
            default -> ofMany(function, a);
        };
    }

    private static Object ofMany(Expr.Function function, @Nullable Object[] a) {
        return function == Expr.Function.IN ? in(a) : bucket(a);
    }

    private static Object bucket(@Nullable Object[] a) {
        double value = real(Objects.requireNonNull(a[0]));
        long reached = 0;
        for (int i = 1; i < a.length; i++) {
            reached += value >= real(Objects.requireNonNull(a[i])) ? 1 : 0;
        }
        return reached;
    }

    private static Object in(@Nullable Object[] a) {
        for (int i = 1; i < a.length; i++) {
            if (Objects.equals(a[0], a[i])) {
                return 1L;
            }
        }
        return 0L;
    }

    private static @Nullable Object ofOne(Expr.Function function, Object a) {
        return switch (function) {
            case LOG1P -> real(a) > -1 ? (Object) Math.log(real(a) + 1) : null;
            case SIN -> Math.sin(real(a));
            case COS -> Math.cos(real(a));
            case NOT -> 1 - (Long) a;
            case HOUR -> Math.floorMod((Long) a, MICROS_PER_DAY) / MICROS_PER_HOUR;
            case WEEKDAY -> Math.floorMod(Math.floorDiv((Long) a, MICROS_PER_DAY) + WEEKDAY_OF_1970, 7L);
            case LENGTH -> (long) ((Column) a).size();
            case SINGLE -> single(real(a));
            case SQRT -> Math.sqrt(real(a));
            default -> throw new IllegalStateException("function: " + function + " (expected: one argument)");
        };
    }

    private static @Nullable Object ofTwo(Expr.Function function, Object a, Object b) {
        return switch (function) {
            case ADD ->
                a instanceof Long x && b instanceof Long y
                        ? (Object) Math.addExact(x, y)
                        : (Object) (real(a) + real(b));
            case MULTIPLY ->
                a instanceof Long x && b instanceof Long y
                        ? (Object) Math.multiplyExact(x, y)
                        : (Object) (real(a) * real(b));
            case SUBTRACT ->
                a instanceof Long x && b instanceof Long y
                        ? (Object) Math.subtractExact(x, y)
                        : (Object) (real(a) - real(b));
            case DIFFERENCE -> difference((Long) a, (Long) b);
            case DIVIDE -> real(b) == 0 ? null : (Object) (real(a) / real(b));
            case DOT -> dot((Column) a, (Column) b);
            case HASH_BUCKET -> StableHash.bucket(a, (Long) b);
            case GREATEST -> Math.max(real(a), real(b));
            case LEAST -> Math.min(real(a), real(b));
            case EQUAL -> truth(a.equals(b));
            case AT_LEAST -> truth(a instanceof Long x && b instanceof Long y ? x >= y : real(a) >= real(b));
            default -> throw new IllegalStateException("function: " + function + " (expected: two arguments)");
        };
    }

    private static double difference(long a, long b) {
        return BigInteger.valueOf(a).subtract(BigInteger.valueOf(b)).doubleValue();
    }

    private static @Nullable Object dot(Column a, Column b) {
        if (a.size() == 0 || b.size() == 0) {
            return null;
        }
        if (a.size() != b.size()) {
            throw new DataException("vectors: " + a.size() + " and " + b.size() + " numbers (expected: as many)");
        }
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += real(Objects.requireNonNull(a.value(i))) * real(Objects.requireNonNull(b.value(i)));
        }
        return sum;
    }

    /** A function of the user's own, row by row. */
    static Column custom(Expr.Custom custom, List<Column> arguments, int rows) {
        LambdaFunction function = LambdaFunctions.require(custom.function());
        @Nullable Object[] results = new Object[rows];
        for (int row = 0; row < rows; row++) {
            List<Object> values = new ArrayList<>();
            for (Column argument : arguments) {
                Object value = argument.value(row);
                if (value != null) {
                    values.add(value);
                }
            }
            Object result = values.size() < arguments.size() ? null : function.apply(values);
            results[row] = result instanceof Double number && !Double.isFinite(number) ? null : result;
        }
        return column(results, custom.type());
    }

    /** A column of values, Long, Double, String or null. */
    static Column column(@Nullable Object[] values, DType type) {
        return column(values, type == DType.STRING ? Kind.TEXT : type.isFloating() ? Kind.NUMBERS : Kind.INTEGERS);
    }

    /** A value whose equality is SQL's, which knows one zero only. */
    static Object comparable(Object value) {
        return value instanceof Double number ? (Object) (number + 0.0) : value;
    }

    private static double single(double value) {
        if (Math.abs(value) > Float.MAX_VALUE) {
            throw new DataException("value: " + value + " (expected: at most 3.4e38, as a 32-bit float holds)");
        }
        return (float) value;
    }

    private static Long truth(boolean value) {
        return value ? 1L : 0L;
    }

    private static double real(Object value) {
        return ((Number) value).doubleValue();
    }
}

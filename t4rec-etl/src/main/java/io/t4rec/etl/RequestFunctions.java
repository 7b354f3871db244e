package io.t4rec.etl;

import io.t4rec.data.Column;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The functions of {@link Expr} on single values. */
final class RequestFunctions {
    static final long MICROS_PER_HOUR = 3_600_000_000L;
    static final long MICROS_PER_DAY = 24 * MICROS_PER_HOUR;

    /** 1 January 1970 was a Thursday. */
    static final long WEEKDAY_OF_1970 = 3;

    private RequestFunctions() {}

    static @Nullable Object call(Expr.Function function, List<@Nullable Object> a) {
        Object first = a.get(0);
        Object second = a.size() > 1 ? a.get(1) : null;
        switch (function) {
            case COALESCE:
                return first != null ? first : second;
            case DISTINCT:
                return Objects.equals(first, second) ? 0L : 1L;
            default:
                if (first == null || (a.size() > 1 && second == null)) {
                    return null;
                }
                return present(function, first, second == null ? first : second);
        }
    }

    private static @Nullable Object present(Expr.Function function, Object a, Object b) {
        return switch (function) {
            case SUBTRACT ->
                a instanceof Long x && b instanceof Long y
                        ? (Object) Math.subtractExact(x, y)
                        : (Object) (real(a) - real(b));
            case DIVIDE -> real(a) / real(b);
            case LOG1P -> Double.compare(real(a), -1) > 0 ? (Object) Math.log(real(a) + 1) : null;
            case GREATEST -> Double.compare(real(a), real(b)) >= 0 ? real(a) : real(b);
            case LEAST -> Double.compare(real(a), real(b)) <= 0 ? real(a) : real(b);
            case EQUAL -> a.equals(b) ? 1L : 0L;
            case AT_LEAST -> Double.compare(real(a), real(b)) >= 0 ? 1L : 0L;
            case HOUR -> Math.floorMod(Math.floorDiv((Long) a, MICROS_PER_HOUR), 24L);
            case WEEKDAY -> Math.floorMod(Math.floorDiv((Long) a, MICROS_PER_DAY) + WEEKDAY_OF_1970, 7L);
            case LENGTH -> (long) ((Column) a).size();
            default -> throw new IllegalStateException("function: " + function);
        };
    }

    private static double real(Object value) {
        return ((Number) value).doubleValue();
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Columns made of the event's time, which is in microseconds since 1970; the clock is UTC's:
 *
 * <ul>
 *   <li>{@code hour}, ids 1 to 24, and {@code weekday}, ids 1 (Monday) to 7: categories
 *   <li>{@code hour_sin}, {@code hour_cos}, {@code weekday_sin}, {@code weekday_cos}: sine and cosine of 2 pi hour / 24 and of
 *       2 pi weekday / 7, so that the end of the day is near its beginning; numbers
 *   <li>{@code elapsed}: seconds since the session's previous event, 0 at the first; a number
 *   <li>{@code recency}: days since the item was first seen in the data the workflow was fitted on; 0 before that and for an item
 *       that was never seen; a number
 * </ul>
 *
 * @param features which of them, each the name of its column
 */
public record TimeFeatures(List<String> features) implements Operator {
    private static final double MICROS_PER_SECOND = 1_000_000;
    private static final String OPERATOR = "time-features";
    private static final String RECENCY = "recency";

    /** All features there are. */
    public static final List<String> KNOWN =
            List.of("hour", "weekday", "hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "elapsed", RECENCY);

    /** @throws ConfigException for none, or one that doesn't exist */
    public TimeFeatures {
        if (features == null || features.isEmpty()) {
            throw new ConfigException(OPERATOR + ": no features (expected: some of " + KNOWN + ")");
        }
        features = List.copyOf(features);
        for (String feature : features) {
            if (!KNOWN.contains(feature)) {
                throw new ConfigException(
                        OPERATOR + ": " + feature + " (expected: " + Names.expectation(feature, KNOWN) + ")");
            }
        }
    }

    /** These features. */
    public static TimeFeatures of(String... features) {
        return new TimeFeatures(List.of(features));
    }

    /** Whether the feature is a category; else it is a number. */
    static boolean isCategory(String feature) {
        return feature.equals("hour") || feature.equals("weekday");
    }

    /** Whether the feature is a number without an upper bound. */
    static boolean isUnbounded(String feature) {
        return feature.equals("elapsed") || feature.equals(RECENCY);
    }

    @Override
    public boolean needsData() {
        return features.contains(RECENCY);
    }

    @Override
    public List<Statistic> statistics(Input input) {
        String item = input.workflow().item();
        if (!features.contains(RECENCY)) {
            return List.of();
        }
        input.scalar(OPERATOR, item);
        input.scalar(OPERATOR, input.workflow().time());
        return List.of(new Statistic.Smallest(
                input.key(item, RECENCY), item, input.workflow().time()));
    }

    @Override
    public Built build(Input input, FittedState state) {
        input.scalar(OPERATOR, input.workflow().time());
        Map<String, Expr> columns = new LinkedHashMap<>();
        List<ColumnSchema> added = new ArrayList<>();
        for (String feature : features) {
            input.requireNew(OPERATOR, feature);
            columns.put(feature, expression(feature, input, state));
            added.add(
                    isCategory(feature)
                            ? IdColumns.of(
                                    ColumnSchema.scalar(feature, DType.INT64), feature.equals("hour") ? 24 : 7, null)
                            : ColumnSchema.scalar(feature, DType.FLOAT64).withTags(Tag.CONTINUOUS));
        }
        return new Built(List.of(new Step.Project(columns)), input.schema().plus(Schema.of(added)));
    }

    private static Expr expression(String feature, Input input, FittedState state) {
        Expr time = Expr.column(input.workflow().time());
        Expr hour = Expr.call(Expr.Function.HOUR, time);
        Expr weekday = Expr.call(Expr.Function.WEEKDAY, time);
        return switch (feature) {
            case "hour" -> plusOne(hour);
            case "weekday" -> plusOne(weekday);
            case "hour_sin" -> Expr.call(Expr.Function.SIN, angle(hour, 24));
            case "hour_cos" -> Expr.call(Expr.Function.COS, angle(hour, 24));
            case "weekday_sin" -> Expr.call(Expr.Function.SIN, angle(weekday, 7));
            case "weekday_cos" -> Expr.call(Expr.Function.COS, angle(weekday, 7));
            case "elapsed" -> since(new Expr.Previous(time, input.session()), time, MICROS_PER_SECOND);
            default -> recency(input, state, time);
        };
    }

    private static Expr recency(Input input, FittedState state, Expr time) {
        String item = input.workflow().item();
        String name = input.key(item, RECENCY);
        state.numbers(name);
        Expr days = since(new Expr.LookupNumber(name, Expr.column(item)), time, RequestFunctions.MICROS_PER_DAY);
        return Expr.call(Expr.Function.GREATEST, days, Expr.literal(0.0));
    }

    /** From an earlier time to a later one; 0 where there is no earlier one. */
    private static Expr since(Expr earlier, Expr later, double unit) {
        Expr micros = Expr.call(Expr.Function.SUBTRACT, later, earlier);
        Expr units = Expr.call(Expr.Function.DIVIDE, micros, Expr.literal(unit));
        return Expr.call(Expr.Function.COALESCE, units, Expr.literal(0.0));
    }

    private static Expr angle(Expr value, double period) {
        return Expr.call(Expr.Function.DIVIDE, value, Expr.literal(period / (2 * Math.PI)));
    }

    private static Expr plusOne(Expr value) {
        return Expr.call(Expr.Function.SUBTRACT, value, Expr.literal(-1L));
    }
}

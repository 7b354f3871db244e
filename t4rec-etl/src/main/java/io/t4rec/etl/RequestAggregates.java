package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.schema.DType;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Aggregates of groups of rows in memory, each group between two offsets. */
final class RequestAggregates {
    private RequestAggregates() {}

    static Column of(Step.Aggregate aggregate, Column column, int[] offsets) {
        int groups = offsets.length - 1;
        return switch (aggregate.kind()) {
            case LIST -> new Column.Lists(column, offsets);
            case FIRST -> column.rows(Arrays.copyOf(offsets, groups));
            case LAST ->
                column.rows(Arrays.stream(offsets, 1, groups + 1)
                        .map(end -> end - 1)
                        .toArray());
            case COUNT -> counts(column, offsets, false);
            case NUNIQUE -> counts(column, offsets, true);
            case SUM ->
                aggregate.integers()
                        ? sums((Column.Longs) column, offsets)
                        : numbers(column, offsets, RequestAggregates::sum);
            case MEAN -> numbers(column, offsets, values -> sum(values) / values.length);
            case MIN -> extremes(column, offsets, true);
            case MAX -> extremes(column, offsets, false);
            case STD -> numbers(column, offsets, values -> Math.sqrt(variance(values)));
            case VAR -> numbers(column, offsets, RequestAggregates::variance);
            case MEDIAN -> numbers(column, offsets, RequestAggregates::median);
        };
    }

    private static Column counts(Column column, int[] offsets, boolean distinct) {
        return Column.of(IntStream.range(0, offsets.length - 1)
                .mapToLong(group -> (distinct
                                ? present(column, offsets, group)
                                        .map(RequestFunctions::comparable)
                                        .distinct()
                                : present(column, offsets, group))
                        .count())
                .toArray());
    }

    private static Stream<Object> present(Column column, int[] offsets, int group) {
        return IntStream.range(offsets[group], offsets[group + 1])
                .filter(row -> !column.isNull(row))
                .mapToObj(row -> Objects.requireNonNull(column.value(row)));
    }

    private static Column sums(Column.Longs column, int[] offsets) {
        @Nullable Object[] sums = new Object[offsets.length - 1];
        for (int group = 0; group < sums.length; group++) {
            sums[group] = present(column, offsets, group)
                    .map(Long.class::cast)
                    .reduce(Math::addExact)
                    .orElse(null);
        }
        return RequestFunctions.column(sums, DType.INT64);
    }

    private static Column extremes(Column column, int[] offsets, boolean least) {
        @Nullable Object[] found = new Object[offsets.length - 1];
        boolean integers = column instanceof Column.Longs;
        for (int group = 0; group < found.length; group++) {
            found[group] = present(column, offsets, group)
                    .reduce((a, b) ->
                            (integers ? Long.compare((Long) a, (Long) b) : Double.compare((Double) a, (Double) b)) <= 0
                                            == least
                                    ? a
                                    : b)
                    .orElse(null);
        }
        return RequestFunctions.column(found, integers ? DType.INT64 : DType.FLOAT64);
    }

    /** A number of each group's values; null for a group without values, and where the number is none. */
    private static Column numbers(Column column, int[] offsets, ToDoubleFunction<double[]> aggregate) {
        @Nullable Object[] results = new Object[offsets.length - 1];
        for (int group = 0; group < results.length; group++) {
            double[] values = present(column, offsets, group)
                    .mapToDouble(value -> ((Number) value).doubleValue())
                    .toArray();
            double result = values.length == 0 ? Double.NaN : aggregate.applyAsDouble(values);
            results[group] = Double.isNaN(result) ? null : (Object) result;
        }
        return RequestFunctions.column(results, DType.FLOAT64);
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /** Of the sample; by running means (Welford), as databases do, so that equal numbers have none. */
    private static double variance(double[] values) {
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            if (Math.abs(values[i]) >= Step.Aggregate.TOO_LARGE_TO_SQUARE) {
                return Double.NaN;
            }
            double distance = values[i] - mean;
            mean += distance / (i + 1);
            squares += distance * (values[i] - mean);
        }
        return values.length < 2 ? Double.NaN : squares / (values.length - 1);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}

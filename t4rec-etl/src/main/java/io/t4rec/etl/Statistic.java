package io.t4rec.etl;

import java.util.List;

/** Something to find out from data when fitting, independent of the engine that runs it. */
public sealed interface Statistic {
    /**
     * The values of columns by falling frequency, equal counts by rising value; a {@link Vocabulary}. Nulls don't count; the
     * elements of lists count one by one.
     *
     * @param names under which the vocabulary is kept
     * @param values counted together
     * @param atLeast rarer values are left out
     * @param atMost number of values kept; 0 for all
     */
    record Counts(List<String> names, List<Expr> values, long atLeast, long atMost) implements Statistic {
        /** Of a column under its name. */
        static Counts of(String name, String column, long atLeast, long atMost) {
            return new Counts(List.of(name), List.of(Expr.column(column)), atLeast, atMost);
        }
    }

    /**
     * Number of values, mean and standard deviation (of the sample, n - 1) of a column, 0 where there are none. The elements of lists
     * count one by one; so they do in what follows.
     *
     * @param name {@code name.count}, {@code name.mean} and {@code name.deviation} are kept
     */
    record Moments(String name, String column) implements Statistic {}

    /**
     * Smallest and largest number of a column, 0 where there are none.
     *
     * @param name {@code name.min}, {@code name.max} and {@code name.count}, the number of values, are kept
     */
    record Range(String name, String column) implements Statistic {}

    /**
     * Median of a column, the mean of the two values in the middle of an even number; 0 where there are none.
     *
     * @param name {@code name.median} is kept
     */
    record Median(String name, String column) implements Statistic {}

    /**
     * Shortest and longest list of a column, 0 where there are none.
     *
     * @param name {@code name.min}, {@code name.max} and {@code name.count}, the number of values, are kept
     */
    record Lengths(String name, String column) implements Statistic {}

    /**
     * The smallest integer that occurs together with each value of a column; {@link KeyedNumbers}.
     *
     * @param name under which the numbers are kept
     * @param key column with the values
     * @param number integer column
     */
    record Smallest(String name, String key, String number) implements Statistic {}

    /**
     * What the rows with each value of a key have in common; a {@link KeyedTable}. A null key has no row.
     *
     * @param name under which the table is kept
     * @param columns numbers that are measured; for each, {@code COLUMN.count} of its values, {@code COLUMN.sum}, {@code COLUMN.min} and
     *     {@code COLUMN.max}. {@code rows} counts all rows
     * @param squares whether there is {@code COLUMN.m2} too, the sum of squared differences to the mean
     */
    record Groups(String name, Expr key, List<String> columns, boolean squares) implements Statistic {}

    /**
     * The values that stay when rare values and short sessions are dropped in turn until nothing changes; a {@link Vocabulary}.
     *
     * @param name under which the vocabulary is kept
     * @param column whose values are kept
     * @param minValue fewest events of a value
     * @param session columns that tell sessions apart
     * @param minSession fewest events of a session
     */
    record Core(String name, String column, long minValue, List<String> session, long minSession)
            implements Statistic {}

    /**
     * A summary of a column: number of values, of nulls, of different values; of numbers also the smallest, the largest, mean and standard
     * deviation; of text these of its length.
     *
     * @param name {@code name.count}, {@code .nulls}, {@code .distinct}, {@code .min}, {@code .max}, {@code .mean}, {@code .deviation}
     */
    record Summary(String name, String column) implements Statistic {}
}

package io.t4rec.etl;

import java.util.List;

/** Something to find out from data when fitting, independent of the engine that runs it. */
public sealed interface Statistic {
    /**
     * The values of columns by falling frequency, equal counts by rising value; a {@link Vocabulary}. Nulls don't count; the
     * elements of lists count one by one.
     *
     * @param names under which the vocabulary is kept
     * @param columns counted together
     * @param atLeast rarer values are left out
     * @param atMost number of values kept; 0 for all
     */
    record Counts(List<String> names, List<String> columns, long atLeast, long atMost) implements Statistic {}

    /**
     * Mean and standard deviation (of the sample, n - 1) of a column, 0 where there are none.
     *
     * @param name {@code name.mean} and {@code name.deviation} are kept
     */
    record Moments(String name, String column) implements Statistic {}

    /**
     * The smallest integer that occurs together with each value of a column; {@link KeyedNumbers}.
     *
     * @param name under which the numbers are kept
     * @param key column with the values
     * @param number integer column
     */
    record Smallest(String name, String key, String number) implements Statistic {}
}

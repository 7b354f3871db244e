package io.t4rec.etl;

import io.t4rec.schema.ModelFormatException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What fitting found out, by name. */
public final class FittedState {
    private final Map<String, Vocabulary> vocabularies = new LinkedHashMap<>();
    private final Map<String, KeyedNumbers> numbers = new LinkedHashMap<>();
    private final Map<String, KeyedTable> tables = new LinkedHashMap<>();
    private final Map<String, Double> statistics = new LinkedHashMap<>();

    /** By column for those that make ids; else by {@code operator number.column.purpose}. Columns may share one. */
    public Map<String, Vocabulary> vocabularies() {
        return vocabularies;
    }

    /** By {@code operator number.column.purpose}. */
    public Map<String, KeyedNumbers> numbers() {
        return numbers;
    }

    /** By {@code operator number.column.purpose}. */
    public Map<String, KeyedTable> tables() {
        return tables;
    }

    /** By {@code operator number.column.purpose.statistic}. */
    public Map<String, Double> statistics() {
        return statistics;
    }

    /** @throws ModelFormatException when there is none */
    public Vocabulary vocabulary(String name) {
        return require("vocabulary", vocabularies, name);
    }

    /** @throws ModelFormatException when there are none */
    public KeyedNumbers numbers(String name) {
        return require("numbers", numbers, name);
    }

    /** @throws ModelFormatException when there is none */
    public double statistic(String name) {
        return require("statistic", statistics, name);
    }

    /** @throws ModelFormatException when there is none */
    KeyedTable table(String name) {
        return require("table", tables, name);
    }

    private static <T> T require(String what, Map<String, T> values, String name) {
        T value = values.get(name);
        if (value == null) {
            throw new ModelFormatException(
                    "fitted state: no " + what + " " + name + " (expected: one of " + values.keySet() + ")");
        }
        return value;
    }

    /** Reads what lies in files into memory. */
    void load() {
        vocabularies.values().forEach(Vocabulary::values);
        numbers.values().forEach(KeyedNumbers::keys);
        tables.values().forEach(KeyedTable::table);
    }

    void addAll(FittedState other) {
        vocabularies.putAll(other.vocabularies);
        numbers.putAll(other.numbers);
        tables.putAll(other.tables);
        statistics.putAll(other.statistics);
    }
}

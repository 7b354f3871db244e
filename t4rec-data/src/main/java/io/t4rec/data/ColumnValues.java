package io.t4rec.data;

import java.util.Set;

/**
 * The values of a column, of lists their elements.
 *
 * @param sql a relation with the column {@code value}
 * @param type of the column, in DuckDB's words
 * @param numbers what numbers stand for
 */
record ColumnValues(Database database, String sql, String type, Numbers numbers) {
    /** Times before 1971 are counters: data sets that know the order of events only. */
    private static final long EARLIEST = 365L * 24 * 60 * 60 * 1_000_000;

    /** What numbers stand for. */
    enum Numbers {
        THEMSELVES,
        /** Times in microseconds since 1970. */
        MICROS,
        /** Values that are the same or not, and nothing else. */
        NAMES
    }

    /** What values have in common. */
    enum Kind {
        NUMBER,
        TIME,
        OTHER
    }

    Kind kind() {
        if (numbers != Numbers.THEMSELVES) {
            return numbers == Numbers.MICROS ? Kind.TIME : Kind.OTHER;
        }
        String element = type.endsWith("[]") ? type.substring(0, type.length() - 2) : type;
        if (element.endsWith("]")) { // lists of lists: only the outer ones are taken apart
            return Kind.OTHER;
        }
        if (Set.of("FLOAT", "DOUBLE").contains(element)
                || element.startsWith("DECIMAL")
                || (element.contains("INT") && !element.contains("(") && !element.equals("INTERVAL"))) {
            return Kind.NUMBER;
        }
        return element.startsWith("TIMESTAMP") || element.equals("DATE") ? Kind.TIME : Kind.OTHER;
    }

    /** Whether all numbers are whole. */
    boolean isWhole() {
        return kind() == Kind.NUMBER && type.contains("INT");
    }

    /** SQL of a value as a number: of times the microseconds since 1970. Not for other kinds. */
    String number() {
        return kind() == Kind.TIME && numbers != Numbers.MICROS
                ? "cast(epoch_us(cast(value as timestamp)) as double)"
                : "cast(value as double)";
    }

    /** SQL of a time in words. */
    String words(String time) {
        return "cast(" + (numbers == Numbers.MICROS ? "make_timestamp(" + time + ")" : time) + " as varchar)";
    }

    /** The same values as times, where they are whole numbers and can be times. */
    ColumnValues asTimes() {
        boolean times = isWhole()
                && !type.endsWith("[]")
                && database.number("select coalesce(max(value), 0) from " + sql) >= EARLIEST;
        return times ? new ColumnValues(database, sql, type, Numbers.MICROS) : this;
    }

    /** The same values as names, such as ids. */
    ColumnValues asNames() {
        return new ColumnValues(database, sql, type, Numbers.NAMES);
    }

    long distinct() {
        return database.number("select count(distinct value) from " + sql);
    }
}

package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tables of tests as Parquet files and back. */
final class TestTables {
    /** One for all tests, since opening one costs more than what they do with it. */
    private static final Database DATABASE = Database.openInOrder();

    private TestTables() {}

    /** Writes the rows of a query. */
    static synchronized Path write(Path file, String query) {
        DATABASE.execute("copy (" + query + ") to " + literal(file) + " (format parquet)");
        return file;
    }

    /** Writes a table. */
    static synchronized Path write(Path file, Table table) {
        DATABASE.register("t", table);
        return write(file, "select * from t");
    }

    /** The rows of a file that an engine wrote: in those no list is null, which a table in memory couldn't tell from an empty one. */
    static synchronized Table read(Path file) {
        String rows = "select * from read_parquet(" + literal(file) + ")";
        DATABASE.describe(rows).forEach((name, type) -> {
            if (type.endsWith("[]")) {
                assertThat(DATABASE.number(
                                "select count(*) from (" + rows + ") where " + Database.identifier(name) + " is null"))
                        .as("lists that are null, column " + name + " of " + file)
                        .isZero();
            }
        });
        return query(rows);
    }

    static synchronized Table query(String sql) {
        return DATABASE.query(sql);
    }

    static String literal(Path file) {
        return Database.literal(file.toString());
    }

    /** The values of a column, lists as lists. */
    static List<@Nullable Object> values(Table table, String column) {
        return values(table.column(column));
    }

    private static List<@Nullable Object> values(Column column) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int row = 0; row < column.size(); row++) {
            Object value = column.value(row);
            values.add(value instanceof Column list ? values(list) : value);
        }
        return values;
    }

    /** That tables have the same columns, types and values; numbers to 1e-9. */
    static void assertSame(String what, Table actual, Table expected) {
        assertThat(List.copyOf(actual.columnNames())).as(what).isEqualTo(List.copyOf(expected.columnNames()));
        for (String name : expected.columnNames()) {
            assertSame(what + ", column " + name, actual.column(name), expected.column(name));
        }
    }

    private static void assertSame(String what, Column actual, Column expected) {
        assertThat(actual.size()).as(what).isEqualTo(expected.size());
        assertThat(actual.getClass()).as(what).isEqualTo(expected.getClass());
        if (actual instanceof Column.Lists a && expected instanceof Column.Lists b) {
            assertThat(a.offsets()).as(what).isEqualTo(b.offsets());
            assertSame(what, a.elements(), b.elements());
            return;
        }
        for (int row = 0; row < actual.size(); row++) {
            Object a = actual.value(row);
            Object b = expected.value(row);
            boolean near = a instanceof Double x && b instanceof Double y
                    ? Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y))
                    : Objects.equals(a, b);
            assertThat(near).as(what + ", row " + row + ": " + a + " and " + b).isTrue();
        }
    }
}

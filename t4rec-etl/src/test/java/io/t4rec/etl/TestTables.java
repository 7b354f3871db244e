package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Tables of tests as Parquet files and back. */
final class TestTables {
    private TestTables() {}

    /** Writes the rows of a query. */
    static Path write(Path file, String query) {
        try (Database database = Database.open("", 1)) {
            database.execute("copy (" + query + ") to " + literal(file) + " (format parquet)");
        }
        return file;
    }

    static Table read(Path file) {
        return query("select * from read_parquet(" + literal(file) + ")");
    }

    static Table query(String sql) {
        try (Database database = Database.open("", 1)) {
            return database.query(sql);
        }
    }

    static String literal(Path file) {
        return Database.literal(file.toString());
    }

    /** Writes a table; lists too. */
    static Path write(Path file, Table table) {
        Map<String, Column> flat = new LinkedHashMap<>();
        flat.put("__row", Column.of(LongStream.range(0, table.rowCount()).toArray()));
        try (Database database = Database.open("", 1)) {
            List<String> select = new ArrayList<>();
            List<String> joins = new ArrayList<>();
            for (String name : table.columnNames()) {
                String quoted = Database.identifier(name);
                if (table.column(name) instanceof Column.Lists lists) {
                    String elements = "elements " + name;
                    register(database, elements, lists);
                    select.add("coalesce(" + Database.identifier(elements) + ".list, []) as " + quoted);
                    joins.add(" left join (select row, list(value order by place) as list from "
                            + Database.identifier(elements) + " group by row) " + Database.identifier(elements)
                            + " on " + Database.identifier(elements) + ".row = __row");
                } else {
                    flat.put(name, table.column(name));
                    select.add(quoted);
                }
            }
            database.register("flat", Table.of(flat));
            database.execute("copy (select " + String.join(", ", select) + " from flat" + String.join("", joins)
                    + " order by __row) to " + literal(file) + " (format parquet)");
        }
        return file;
    }

    private static void register(Database database, String name, Column.Lists lists) {
        int[] offsets = lists.offsets();
        long[] rows = new long[lists.elements().size()];
        long[] places = new long[rows.length];
        for (int row = 0; row < lists.size(); row++) {
            for (int i = offsets[row]; i < offsets[row + 1]; i++) {
                rows[i] = row;
                places[i] = i;
            }
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("row", Column.of(rows));
        columns.put("place", Column.of(places));
        columns.put("value", lists.elements());
        database.register(name, Table.of(columns));
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

package io.t4rec.spark;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether two directories that {@code t4rec prepare} wrote say the same; numbers to 1e-9. For scripts. */
final class PreparedComparison {
    private final Database database;

    private PreparedComparison(Database database) {
        this.database = database;
    }

    /** @param arguments the two directories */
    public static void main(String[] arguments) throws IOException {
        Path first = Path.of(arguments[0]);
        Path second = Path.of(arguments[1]);
        try (Database database = Database.openInOrder()) {
            PreparedComparison comparison = new PreparedComparison(database);
            for (String file : new String[] {"train/sequences.parquet", "workflow/vocabulary-0.parquet"}) {
                long rows = comparison.compare(first.resolve(file), second.resolve(file));
                System.out.println(file + ": " + rows + " equal rows");
            }
        }
        String schema = "train/schema.pbtxt";
        if (!Files.readString(first.resolve(schema)).equals(Files.readString(second.resolve(schema)))) {
            throw new IllegalStateException(schema + ": differs");
        }
    }

    private long compare(Path first, Path second) {
        Table a = read(first);
        Table b = read(second);
        if (a.rowCount() != b.rowCount() || !a.columnNames().equals(b.columnNames())) {
            throw new IllegalStateException(second + ": " + b.rowCount() + " rows of " + b.columnNames()
                    + " (expected: " + a.rowCount() + " of " + a.columnNames() + ")");
        }
        for (String name : a.columnNames()) {
            for (int row = 0; row < a.rowCount(); row++) {
                Object x = a.column(name).value(row);
                Object y = b.column(name).value(row);
                if (!same(x, y)) {
                    throw new IllegalStateException(
                            second + ", row " + (row + 1) + ", column " + name + ": " + y + " (expected: " + x + ")");
                }
            }
        }
        return a.rowCount();
    }

    private Table read(Path file) {
        return database.query("select * from read_parquet(" + Database.literal(file.toString()) + ")");
    }

    private static boolean same(@Nullable Object x, @Nullable Object y) {
        if (x instanceof Column a && y instanceof Column b) {
            boolean same = a.size() == b.size();
            for (int i = 0; same && i < a.size(); i++) {
                same = same(a.value(i), b.value(i));
            }
            return same;
        }
        return x instanceof Double a && y instanceof Double b
                ? Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a))
                : Objects.equals(x, y);
    }
}

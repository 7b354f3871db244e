package io.t4rec.etl;

import io.t4rec.data.Database;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Cuts a table that holds its rows in order of their groups into parts of whole groups. Lists are made in memory that DuckDB can't spill
 * to disk, so they are made of one part after another.
 */
final class SortedParts {
    /** Rows of a part, and what is left of its last group. */
    static final long ROWS = 1 << 21;

    private final Database database;
    private final String table;
    private final String key;
    private final long rows;

    /** @param group columns that tell groups apart */
    SortedParts(Database database, String table, List<String> group, long rows) {
        this.database = database;
        this.table = table;
        this.key = group.stream().map(Database::identifier).collect(Collectors.joining(", ", "row(", ")"));
        this.rows = rows;
    }

    /** @param work takes SQL of a part, at least once */
    void forEach(Consumer<String> work) {
        long all = database.number("select count(*) from " + table);
        long first = 0;
        do {
            long next = next(first, all);
            work.accept("(from " + table + " where rowid >= " + first + " and rowid < " + next + ")");
            first = next;
        } while (first < all);
    }

    /** Where the first group begins behind the rows of a part. DuckDB numbers the rows of a table from 0, without gaps. */
    private long next(long first, long all) {
        for (long from = first + rows; from < all; from += rows) {
            long found = database.number("select coalesce(min(rowid), -1) from " + table + " where rowid >= " + from
                    + " and rowid < " + (from + rows) + " and " + key + " is distinct from (select " + key + " from "
                    + table + " where rowid = " + (from - 1) + ")");
            if (found >= 0) {
                return found;
            }
        }
        return all;
    }
}

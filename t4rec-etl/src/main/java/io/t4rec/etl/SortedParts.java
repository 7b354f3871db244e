package io.t4rec.etl;

import io.t4rec.data.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Cuts a table that holds its rows in order of their groups into parts of whole groups. Lists are made in memory that DuckDB can't spill
 * to disk, so they are made of a few parts at a time.
 */
final class SortedParts {
    /** Rows of all parts that are made at a time, and what is left of their last groups. */
    static final long ROWS = 1 << 21;

    /** Most parts that are made at a time. */
    static final int MOST = 8;

    /** Rows that the end of a group is looked for in at first. */
    private static final long FEW = 1 << 10;

    private final Database database;
    private final String table;
    private final String key;
    private final long rows;

    /**
     * @param group columns that tell groups apart
     * @param rows of a part, and what is left of its last group
     */
    SortedParts(Database database, String table, List<String> group, long rows) {
        this.database = database;
        this.table = table;
        this.key = group.stream().map(Database::identifier).collect(Collectors.joining(", ", "row(", ")"));
        this.rows = rows;
    }

    /** SQL of the parts in order, at least one. */
    List<String> parts() {
        long all = database.number("select count(*) from " + table);
        List<String> parts = new ArrayList<>();
        long first = 0;
        do {
            long next = next(first, all);
            parts.add("(from " + table + " where rowid >= " + first + " and rowid < " + next + ")");
            first = next;
        } while (first < all);
        return parts;
    }

    /** Where the first group begins behind the rows of a part. DuckDB numbers the rows of a table from 0, without gaps. */
    private long next(long first, long all) {
        long looked = FEW;
        for (long from = first + rows; from < all; from += looked, looked *= 2) {
            long found = database.number("select coalesce(min(rowid), -1) from " + table + " where rowid >= " + from
                    + " and rowid < " + (from + looked) + " and " + key + " is distinct from (select " + key + " from "
                    + table + " where rowid = " + (from - 1) + ")");
            if (found >= 0) {
                return found;
            }
        }
        return all;
    }
}

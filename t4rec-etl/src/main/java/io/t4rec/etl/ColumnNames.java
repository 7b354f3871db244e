package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which names columns may have: those that SQL tells apart, whatever their case, and that no statement uses within. */
final class ColumnNames {
    private static final List<String> RESERVED = List.of(
            SqlDialect.ROW,
            SqlDialect.KEEP,
            SqlDialect.VALUE,
            SqlDialect.NUMBER,
            KeyedTable.KEY,
            ExternalTable.PLACE,
            ExternalTable.NTH);

    private ColumnNames() {}

    /** A name as SQL compares it. */
    static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * That no two columns have one name for SQL.
     *
     * @param where for the message, before the word column
     * @throws ConfigException otherwise
     */
    static void require(Schema schema, String where) {
        Set<String> taken = new HashSet<>(RESERVED);
        for (String name : schema.names()) {
            if (!taken.add(folded(name))) {
                throw new ConfigException(
                        where + "column " + name + ": its name is taken (expected: names that differ in"
                                + " more than case, and none of " + RESERVED + ")");
            }
        }
    }

    /** Whether statements use the name within. */
    static boolean isReserved(String name) {
        return RESERVED.contains(folded(name));
    }
}

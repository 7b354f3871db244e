package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows of a delimited text as columns {@code c0}, {@code c1} and so on, every value as it is written. A row must have as many values as
 * the header has names. DuckDB takes one with a delimiter too many at its end, so there is a column more, which must have none.
 */
final class DelimitedRows {
    /** What values are not, so that one that is not there, null, is told from one of no letters. */
    private static final String ABSENT = "\u0001absent\u0001";

    private final Database database;
    private final DataFile file;
    private final TextOptions options;
    private final TextHeader header;

    DelimitedRows(Database database, DataFile file, TextHeader header, TextOptions options) {
        this.database = database;
        this.file = file;
        this.header = header;
        this.options = options;
    }

    private int width() {
        return header.names().size();
    }

    /** DuckDB leaves out empty lines of two columns but not of one, so these stay one. */
    private boolean isWatched() {
        return width() > 1;
    }

    /** SQL of the rows, in their order where one thread reads them. */
    String sql() {
        String quote = options.quote() == null
                ? "''"
                : Database.literal(options.quote().toString());
        return "read_csv(" + DuckDbFiles.literal(file) + ", auto_detect = false, header = false, comment = '', delim = "
                + Database.literal(String.valueOf(header.delimiter())) + ", quote = " + quote + ", escape = " + quote
                + ", nullstr = ['" + ABSENT + "'], encoding = "
                + (options.encoding().equals(StandardCharsets.UTF_8) ? "'utf-8'" : "'latin-1'") + ", skip = "
                + (options.header() ? 1 : 0) + (isWatched() ? ", null_padding = true, parallel = false" : "")
                + ", columns = {"
                + IntStream.range(0, isWatched() ? width() + 1 : width())
                        .mapToObj(i -> "c" + i + ": 'varchar'")
                        .collect(Collectors.joining(", "))
                + "})";
    }

    /** SQL of 0, which fails for a row that has more or fewer values. */
    String failure() {
        return isWatched()
                ? "case when " + isLonger() + " or " + isShorter()
                        + " then cast(error('values: ' || coalesce(c0, '')) as bigint) else 0 end"
                : "0";
    }

    private String isLonger() {
        return "c" + width() + " is not null";
    }

    private String isShorter() {
        return "c" + (width() - 1) + " is null";
    }

    /** A failure of the rows, which counts the columns as the header does. */
    DataException counted(DataException e) {
        String expected = "Expected Number of Columns: ";
        return isWatched()
                ? new DataException(
                        String.valueOf(e.getMessage()).replace(expected + (width() + 1), expected + width()), e)
                : e;
    }

    /**
     * Looks for a row that has more or fewer values.
     *
     * @throws DataException with file and row, where it is the values' number that is wrong
     */
    void refuse() {
        if (!isWatched()) {
            return;
        }
        long[] rows = new long[2];
        try {
            database.forEach(
                    "select coalesce(min(n) filter (" + isLonger() + "), 0), coalesce(min(n) filter (" + isShorter()
                            + "), 0) from (select *, row_number() over () as n from " + sql() + ")",
                    row -> {
                        rows[0] = row.getLong(1);
                        rows[1] = row.getLong(2);
                    });
        } catch (DataException e) {
            return; // what else is wrong was told before
        }
        boolean longer = rows[0] > 0 && (rows[1] == 0 || rows[0] < rows[1]);
        if (longer || rows[1] > 0) {
            throw new DataException(file.location() + ", row " + rows[longer ? 0 : 1]
                    + (longer ? ", behind column " : ", column ")
                    + header.names().get(width() - 1) + (longer ? ": one more value" : ": no value")
                    + " (expected: as many values as columns, " + width() + ")");
        }
    }
}

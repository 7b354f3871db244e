package io.t4rec.bench;

import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.schema.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether two Parquet files hold the same sessions in the same order. */
final class SequenceComparison {
    private static final double TOLERANCE = 1e-9;

    private SequenceComparison() {}

    /**
     * Compares row by row.
     *
     * @param ids columns of lists that must be equal
     * @param numbers columns of lists that must be equal but for rounding
     * @return number of rows
     * @throws DataException when a row differs, with the first one's number
     */
    static long requireEqual(Path left, Path right, List<String> ids, List<String> numbers, DatabaseSettings settings) {
        String a = "read_parquet(" + Database.literal(left.toString()) + ", file_row_number = true)";
        String b = "read_parquet(" + Database.literal(right.toString()) + ")";
        String differs = Stream.concat(
                        Stream.concat(Stream.of("session_id"), ids.stream())
                                .map(column -> "a." + column + " is distinct from b." + column),
                        numbers.stream()
                                .map(column -> "len(list_filter(list_zip(a." + column + ", b." + column
                                        + "), lambda p: not coalesce(abs(p[1] - p[2]) <= " + TOLERANCE
                                        + ", p[1] is not distinct from p[2]))) > 0"))
                .collect(Collectors.joining(" or "));
        try (Database database = Database.open(settings, 0)) {
            long rows = database.number("select count(*) from " + a);
            // a row beyond the last has no number
            long first = database.number("select coalesce(min(coalesce(a.file_row_number, " + rows + ")), -1) from " + a
                    + " a positional join " + b + " b where " + differs);
            if (first >= 0) {
                throw new DataException(left + ": row " + (first + 1) + " (expected: that of " + right + ")");
            }
            return rows;
        }
    }
}

package io.t4rec.cli;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.model.Recommender;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.io.Names;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A session that is given on the command line, by its items alone.
 *
 * @param items raw ids, oldest first
 * @param context values of the session by column; side columns count as missing
 */
record ItemSession(List<String> items, Map<String, String> context) {
    /**
     * Its events.
     *
     * @throws ConfigException for a context column that the model doesn't have
     */
    Table events(Recommender recommender) {
        String session = recommender.bundle().workflow().config().session();
        String item = recommender.bundle().workflow().config().item();
        String time = recommender.bundle().workflow().config().time();
        int rows = items.size();
        checkContext(recommender.contextColumns());
        Map<String, Column> columns = new LinkedHashMap<>();
        for (ColumnSchema column : recommender.inputSchema().columns()) {
            boolean text = column.dtype() == DType.STRING;
            if (column.name().equals(item)) {
                columns.put(
                        item,
                        text
                                ? Column.of(items.toArray(String[]::new))
                                : Column.of(
                                        items.stream().mapToLong(RawIds::number).toArray()));
            } else if (column.name().equals(session)) {
                columns.put(
                        session,
                        text
                                ? Column.of(Collections.nCopies(rows, "0").toArray(String[]::new))
                                : Column.of(new long[rows]));
            } else if (column.name().equals(time)) {
                columns.put(time, Column.of(LongStream.range(0, rows).toArray()));
            } else if (context.containsKey(column.name())) {
                columns.put(column.name(), repeated(column, context.getOrDefault(column.name(), ""), rows));
            } else {
                columns.put(column.name(), Column.missing(column.dtype(), rows));
            }
        }
        return Table.of(columns);
    }

    private void checkContext(List<String> known) {
        for (String column : context.keySet()) {
            if (!known.contains(column)) {
                throw new ConfigException(
                        "--context: " + column + " (expected: " + Names.expectation(column, known) + ")");
            }
        }
    }

    private static Column repeated(ColumnSchema column, String value, int rows) {
        if (column.dtype() == DType.STRING) {
            return Column.of(Collections.nCopies(rows, value).toArray(String[]::new));
        }
        try {
            if (column.dtype().isFloating()) {
                double[] numbers = new double[rows];
                Arrays.fill(numbers, Double.parseDouble(value));
                return Column.of(numbers);
            }
            long[] numbers = new long[rows];
            Arrays.fill(numbers, Long.parseLong(value));
            return Column.of(numbers);
        } catch (NumberFormatException e) {
            throw new DataException(
                    "--context " + column.name() + ": " + value + " (expected: a value of type " + column.dtype() + ")",
                    e);
        }
    }
}

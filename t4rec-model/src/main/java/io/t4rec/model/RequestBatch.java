package io.t4rec.model;

import io.t4rec.data.Column;
import io.t4rec.data.SequenceBatch;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a workflow makes of a request, as a batch: lists of events and values of the session. */
final class RequestBatch {
    private RequestBatch() {}

    /**
     * @param sequences a row a session
     * @param model whose lists and columns of the session are taken, but for its targets
     * @throws DataException for a session without a value of its own
     */
    static SequenceBatch of(Table sequences, SessionModel model) {
        Map<String, long[]> longs = new LinkedHashMap<>();
        Map<String, float[]> floats = new LinkedHashMap<>();
        Map<String, long[]> rowLongs = new LinkedHashMap<>();
        Map<String, float[]> rowFloats = new LinkedHashMap<>();
        int[] offsets = new int[1];
        for (ColumnSchema column : model.schema()
                .excluding(model.heads().targetColumns())
                .filter(ColumnSchema::isList)
                .columns()) {
            Column.Lists lists = sequences.lists(column.name());
            offsets = lists.offsets();
            put(column.name(), lists.elements(), longs, floats);
        }
        for (ColumnSchema column : model.contextColumns()) {
            Column values = sequences.column(column.name());
            checkPresent(column.name(), values);
            put(column.name(), values, rowLongs, rowFloats);
        }
        return new SequenceBatch(offsets, longs, floats, rowLongs, rowFloats);
    }

    private static void checkPresent(String name, Column values) {
        for (int row = 0; row < values.size(); row++) {
            if (values.isNull(row)) {
                throw new DataException(
                        "column " + name + ": null (expected: a value; fill missing ones in the workflow)");
            }
        }
    }

    private static void put(String name, Column column, Map<String, long[]> longs, Map<String, float[]> floats) {
        if (column instanceof Column.Doubles numbers) {
            float[] values = new float[numbers.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) numbers.values()[i];
            }
            floats.put(name, values);
        } else {
            longs.put(name, ((Column.Longs) column).values());
        }
    }
}

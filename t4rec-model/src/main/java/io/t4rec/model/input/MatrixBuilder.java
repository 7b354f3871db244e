package io.t4rec.model.input;

import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.BitSet;

/** Puts vectors that come in any order into a matrix by id, in native memory. Ids without a vector have zeros. */
final class MatrixBuilder {
    private static final int CHUNK = 1024;

    private final String file;
    private final ColumnSchema column;
    private final int width;
    private final Tensor values;
    private final BitSet present = new BitSet();
    private final long[] ids = new long[CHUNK];
    private final float[] rows;
    private int waiting;

    /** @param column that the ids are of */
    MatrixBuilder(String file, ColumnSchema column, int width) {
        this.file = file;
        this.column = column;
        this.width = width;
        values = Tensors.zeros(column.cardinality(), width);
        rows = new float[CHUNK * width];
    }

    /**
     * Adds a vector.
     *
     * @param id within the matrix
     * @param place where it is in the file, for messages
     * @throws DataException when the id has one already
     */
    void put(long id, float[] vector, String place) {
        if (present.get((int) id)) {
            throw new DataException(place + ": the id has a vector already (expected: each id once)");
        }
        present.set((int) id);
        ids[waiting] = id;
        System.arraycopy(vector, 0, rows, waiting * width, width);
        waiting++;
        if (waiting == CHUNK) {
            flush();
        }
    }

    private void flush() {
        try (Scope scope = Scope.open()) {
            Tensor source = Tensors.of(Arrays.copyOf(rows, waiting * width), waiting, width);
            values.indexCopyInPlace(0, Tensors.of(Arrays.copyOf(ids, waiting)), source);
        }
        waiting = 0;
    }

    /**
     * The matrix.
     *
     * @param tolerant whether ids may have no vector
     * @throws DataException when one has none that should have
     */
    VectorMatrix build(boolean tolerant) {
        if (waiting > 0) {
            flush();
        }
        int first = (int) Vocabulary.firstId(column);
        int count = (int) values.size(0) - first;
        int absent = present.nextClearBit(first);
        if (!tolerant && absent < values.size(0)) {
            int found = present.get(first, (int) values.size(0)).cardinality();
            throw new DataException(file + ": vectors of " + found + " of " + count + " values of " + column.name()
                    + ", none for id " + absent + " (expected: all; with missing: zero the others have zeros)");
        }
        return new VectorMatrix(values, present);
    }
}

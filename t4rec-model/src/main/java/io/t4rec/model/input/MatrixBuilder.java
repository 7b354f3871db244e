package io.t4rec.model.input;

import io.t4rec.etl.Vocabulary;
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
    private final int width;
    private final Tensor values;
    private final BitSet present = new BitSet();
    private final long[] ids = new long[CHUNK];
    private final float[] rows;
    private int waiting;

    MatrixBuilder(String file, long ids, int width) {
        this.file = file;
        this.width = width;
        values = Tensors.zeros(ids, width);
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
     * @param column that the ids are of
     * @param tolerant whether ids may have no vector
     * @throws DataException when one has none that should have
     */
    VectorMatrix build(String column, boolean tolerant) {
        if (waiting > 0) {
            flush();
        }
        long count = values.size(0) - Vocabulary.FIRST;
        int first = present.nextClearBit((int) Vocabulary.FIRST);
        if (!tolerant && first < values.size(0)) {
            long found =
                    present.get((int) Vocabulary.FIRST, (int) values.size(0)).cardinality();
            throw new DataException(file + ": vectors of " + found + " of " + count + " values of " + column
                    + ", none for id " + first + " (expected: all; with missing: zero the others have zeros)");
        }
        return new VectorMatrix(values, present);
    }
}

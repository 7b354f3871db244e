package io.t4rec.model.input;

import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Npy;
import io.t4rec.tensor.NpyException;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Vectors of a .npy file, whose rows are ids. */
final class NpyVectors {
    private static final long CHUNK_ELEMENTS = 1 << 20;

    private final MatrixFile matrix;
    private final ColumnSchema column;

    NpyVectors(MatrixFile matrix, ColumnSchema column) {
        this.matrix = matrix;
        this.column = column;
    }

    /**
     * The file itself as a matrix, when its rows are the model's ids; else a matrix in native memory.
     *
     * @param vocabulary of the raw ids; null when rows are the model's own
     */
    VectorMatrix read(@Nullable Vocabulary vocabulary) {
        Tensor mapped = map(Path.of(matrix.file()));
        if (vocabulary == null) {
            if (mapped.size(0) != column.cardinality()) {
                throw new DataException(matrix.file() + ": " + mapped.size(0) + " rows (expected: "
                        + column.cardinality() + ", one for each id of " + column.name()
                        + " with padding, null and unknown as the first three; for rows by the events' own ids set ids:"
                        + " raw)");
            }
            checkFinite(mapped);
            return new VectorMatrix(mapped, null);
        }
        return byRawId(mapped, vocabulary);
    }

    /** @throws DataException when it is no matrix of numbers */
    static Tensor map(Path file) {
        try {
            Npy npy = Npy.open(file);
            if (npy.shape().length != 2) {
                throw new DataException(
                        file + ": shape " + Arrays.toString(npy.shape()) + " (expected: [ids, width], a matrix)");
            }
            return npy.map();
        } catch (NpyException e) {
            throw new DataException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new DataException(file + ": not readable (" + e.getMessage() + ")", e);
        }
    }

    /** A few rows at a time, so that a matrix larger than memory can be looked through. */
    private void checkFinite(Tensor values) {
        if (!values.dataType().isFloating()) {
            return;
        }
        long rows = values.size(0);
        long step = Math.max(1, CHUNK_ELEMENTS / values.size(1));
        for (long from = 0; from < rows; from += step) {
            try (Scope scope = Scope.open()) {
                Tensor chunk = values.narrow(0, from, Math.min(step, rows - from));
                if (!chunk.isFinite()) {
                    throw notFinite(chunk, from);
                }
            }
        }
    }

    private DataException notFinite(Tensor chunk, long from) {
        float[] values = chunk.to(DataType.FLOAT32).toFloats();
        int width = (int) chunk.size(1);
        int at = 0;
        while (at < values.length - 1 && Float.isFinite(values[at])) {
            at++;
        }
        return new DataException(matrix.file() + ", row " + (from + at / width) + ", column " + at % width + ": "
                + values[at] + " (expected: a finite number of 32 bits; rows and columns count from 0)");
    }

    private VectorMatrix byRawId(Tensor mapped, Vocabulary vocabulary) {
        if (vocabulary.isText()) {
            throw new DataException(matrix.file() + ": rows by the values of " + column.name()
                    + ", which are text (expected: integers; use a Parquet file with ids)");
        }
        MatrixBuilder builder = new MatrixBuilder(matrix.file(), column, (int) mapped.size(1));
        for (long id = Vocabulary.firstId(column); id < vocabulary.cardinality(); id++) {
            long raw = vocabulary.value(id) instanceof Long value ? value : -1;
            if (raw >= 0 && raw < mapped.size(0)) {
                try (Scope scope = Scope.open()) {
                    float[] vector = mapped.select(0, raw).to(DataType.FLOAT32).toFloats();
                    for (float number : vector) {
                        if (!Float.isFinite(number)) {
                            throw new DataException(matrix.file() + ", row " + raw + ": " + number
                                    + " (expected: finite numbers of 32 bits; rows count from 0)");
                        }
                    }
                    builder.put(id, vector, matrix.file() + ", row " + raw);
                }
            }
        }
        return builder.build(matrix.toleratesMissing());
    }
}

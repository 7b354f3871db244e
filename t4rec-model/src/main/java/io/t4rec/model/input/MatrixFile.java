package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of vectors by id.
 *
 * @param file a .npy matrix, a row an id, which is mapped into memory; or a .parquet file, a row a vector with its id, which is read
 * @param ids what its ids are: {@value #ENCODED}, the model's own, from 0, as the workflow numbers them; or {@value #RAW}, those of the
 *     events. Default: encoded for .npy, raw for Parquet
 * @param idColumn column of a Parquet file with the ids; default: the name of the column they are of
 * @param vectorColumn column of a Parquet file with the vectors, lists of one length; default {@value #VECTORS}
 * @param missing what happens to ids without a vector: {@value #ERROR}, the default, refuses the file; with {@value #ZERO} they have a
 *     vector of zeros, or, in a table of trained embeddings, a fresh one. Padding, null and unknown values never need one
 */
public record MatrixFile(
        String file,
        @Nullable String ids,
        @Nullable String idColumn,
        @Nullable String vectorColumn,
        @Nullable String missing) {
    static final String RAW = "raw";
    static final String ENCODED = "encoded";
    static final String ERROR = "error";
    static final String ZERO = "zero";
    static final String VECTORS = "embedding";

    /** @throws ConfigException without file, for another kind of file and for unknown words */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public MatrixFile {
        if (file == null || !(file.endsWith(".npy") || file.endsWith(".parquet"))) {
            throw new ConfigException("file: " + file + " (expected: a .npy or .parquet file)");
        }
        boolean npy = file.endsWith(".npy");
        if (npy && (idColumn != null || vectorColumn != null)) {
            throw new ConfigException("idColumn " + idColumn + ", vectorColumn " + vectorColumn + " with " + file
                    + " (expected: none, a .npy file has rows alone)");
        }
        ids = oneOf("ids", ids, npy ? ENCODED : RAW, List.of(RAW, ENCODED));
        vectorColumn = npy || vectorColumn != null ? vectorColumn : VECTORS;
        missing = oneOf("missing", missing, ERROR, List.of(ERROR, ZERO));
    }

    private static String oneOf(String key, @Nullable String value, String other, List<String> known) {
        if (value != null && !known.contains(value)) {
            throw new ConfigException(key + ": " + value + " (expected: " + Names.expectation(value, known) + ")");
        }
        return value == null ? other : value;
    }

    /** A file whose ids are what is usual of its kind. */
    public static MatrixFile of(String file) {
        return new MatrixFile(file, null, null, null, null);
    }

    boolean isNpy() {
        return file.endsWith(".npy");
    }

    boolean isRaw() {
        return RAW.equals(ids);
    }

    boolean toleratesMissing() {
        return ZERO.equals(missing);
    }

    /** The same under another name. */
    MatrixFile named(String name) {
        return new MatrixFile(name, ids, idColumn, vectorColumn, missing);
    }

    /** The same content under another name, rows by the model's own ids. */
    MatrixFile storedAs(String name) {
        return new MatrixFile(name, ENCODED, null, null, missing);
    }
}

package io.t4rec.model.input;

import io.t4rec.data.Database;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DataException;
import io.t4rec.schema.io.Names;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads vectors with their ids from a Parquet file, a row at a time. */
final class ParquetVectors {
    private final MatrixFile matrix;
    private final ColumnSchema column;
    private final @Nullable Vocabulary vocabulary;
    private @Nullable MatrixBuilder builder;
    private int width;
    private long row;

    /** @param vocabulary of the raw ids; null when the file has the model's own */
    ParquetVectors(MatrixFile matrix, ColumnSchema column, @Nullable Vocabulary vocabulary) {
        this.matrix = matrix;
        this.column = column;
        this.vocabulary = vocabulary;
    }

    VectorMatrix read() {
        String idColumn = matrix.idColumn() == null ? column.name() : matrix.idColumn();
        String vectorColumn = String.valueOf(matrix.vectorColumn());
        try (Database database = Database.openInOrder()) {
            String source = "read_parquet(" + Database.literal(matrix.file()) + ")";
            Map<String, String> present = describe(database, source);
            require("idColumn", idColumn, present);
            require("vectorColumn", vectorColumn, present);
            String type = String.valueOf(present.get(vectorColumn));
            if (!type.matches("(FLOAT|DOUBLE|DECIMAL.*|U?[A-Z]*INT(EGER)?)\\[\\d*]")) {
                throw new DataException(
                        matrix.file() + ", column " + vectorColumn + ": " + type + " (expected: lists of numbers)");
            }
            database.forEach(
                    "select " + Database.identifier(idColumn) + ", cast(" + Database.identifier(vectorColumn)
                            + " as float[]) from " + source,
                    this::add);
        }
        if (builder == null) {
            throw new DataException(matrix.file() + ": no row (expected: vectors)");
        }
        return builder.build(matrix.toleratesMissing());
    }

    private Map<String, String> describe(Database database, String source) {
        try {
            return database.describe("select * from " + source);
        } catch (DataException e) {
            throw new DataException(
                    matrix.file() + ": not readable as Parquet (" + e.getMessage()
                            + "; expected: a complete Parquet file)",
                    e);
        }
    }

    private void require(String setting, String name, Map<String, String> present) {
        if (!present.containsKey(name)) {
            throw new DataException(matrix.file() + ": no column " + name + ", the " + setting + " (expected: "
                    + Names.expectation(name, present.keySet()) + ")");
        }
    }

    private void add(ResultSet result) throws SQLException {
        row++;
        String place = matrix.file() + ", row " + row;
        float[] vector = vector(result.getObject(2), place);
        MatrixBuilder into = builder;
        if (into == null) {
            width = vector.length;
            into = new MatrixBuilder(matrix.file(), column, width);
            builder = into;
        }
        if (vector.length != width) {
            throw new DataException(
                    place + ": " + vector.length + " numbers (expected: " + width + ", as in the first row)");
        }
        long id = id(result.getObject(1), place);
        if (id >= 0) {
            into.put(id, vector, place);
        }
    }

    private static float[] vector(@Nullable Object value, String place) throws SQLException {
        Object[] elements = value instanceof Array array ? (Object[]) array.getArray() : new Object[0];
        if (elements.length == 0) {
            throw new DataException(place + ": no vector (expected: a list of numbers)");
        }
        float[] vector = new float[elements.length];
        for (int i = 0; i < vector.length; i++) {
            float number = elements[i] instanceof Number given ? given.floatValue() : Float.NaN;
            if (!Float.isFinite(number)) {
                throw new DataException(place + ", element " + (i + 1) + ": " + elements[i]
                        + " (expected: a finite number of 32 bits)");
            }
            vector[i] = number;
        }
        return vector;
    }

    /** The model's id; -1 for a raw id that training never saw, whose vector nobody needs. */
    private long id(@Nullable Object value, String place) {
        if (value == null) {
            throw new DataException(place + ": no id (expected: one)");
        }
        if (vocabulary == null) {
            long id = value instanceof Number number ? number.longValue() : -1;
            if (id < 0 || id >= column.cardinality()) {
                throw new DataException(place + ": id " + value + " (expected: 0 to " + (column.cardinality() - 1)
                        + ", the ids of " + column.name() + ")");
            }
            return id;
        }
        if (!vocabulary.isText() && !(value instanceof Number)) {
            throw new DataException(
                    place + ": id " + value + " (expected: an integer, as the values of " + column.name() + " are)");
        }
        Object raw = vocabulary.isText() ? value.toString() : (Object) ((Number) value).longValue();
        long id = vocabulary.id(raw);
        return id < Vocabulary.firstId(column) ? -1 : id;
    }
}

package io.t4rec.schema;

/** A schema that is wrong in itself or doesn't fit the data it describes. Not for wrong values inside the data. */
public final class SchemaException extends T4RecException {
    private static final long serialVersionUID = 1L;

    public SchemaException(String message) {
        super(message);
    }

    public SchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}

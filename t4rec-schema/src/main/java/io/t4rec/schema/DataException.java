package io.t4rec.schema;

/** Data that can't be used: names the file, the row and the column where they are known. Not for wrong settings. */
public final class DataException extends T4RecException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}

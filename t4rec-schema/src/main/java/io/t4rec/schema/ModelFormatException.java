package io.t4rec.schema;

/** A bundle, workflow or checkpoint on disk that is damaged or of an unknown version. Not for weights of a wrong shape. */
public final class ModelFormatException extends T4RecException {
    private static final long serialVersionUID = 1L;

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.t4rec.schema;

/**
 * Base of the exceptions that tell a user of something to mend. Their messages are complete sentences for people: what was
 * wrong, where, what was expected. Programming errors stay {@link IllegalArgumentException} and its like.
 */
public abstract sealed class T4RecException extends RuntimeException
        permits SchemaException, DataException, ConfigException, ModelFormatException, DivergenceException {
    private static final long serialVersionUID = 1L;

    T4RecException(String message) {
        super(message);
    }

    T4RecException(String message, Throwable cause) {
        super(message, cause);
    }
}

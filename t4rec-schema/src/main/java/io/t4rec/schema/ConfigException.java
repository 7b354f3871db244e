package io.t4rec.schema;

/** A setting that is unknown, missing or out of range; names the key. Not for wrong data. */
public final class ConfigException extends T4RecException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}

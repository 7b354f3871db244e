package io.t4rec.tensor;

/** A safetensors file that is damaged or lies about itself; the message names the file, the tensor and what is wrong. */
public final class SafetensorsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SafetensorsException(String message) {
        super(message);
    }

    SafetensorsException(String message, Throwable cause) {
        super(message, cause);
    }
}

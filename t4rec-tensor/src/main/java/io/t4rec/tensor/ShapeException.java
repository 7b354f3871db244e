package io.t4rec.tensor;

import java.util.Arrays;

/** Tensors whose shapes don't fit an operation; the message names the operation and every shape. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ShapeException(String message) {
        super(message);
    }

    ShapeException(String message, Throwable cause) {
        super(message, cause);
    }

    static RuntimeException of(String operation, RuntimeException cause, Tensor... tensors) {
        StringBuilder message = new StringBuilder(operation).append(':');
        for (Tensor tensor : tensors) {
            message.append(' ').append(Arrays.toString(tensor.shape())).append(tensor.dataType());
        }
        return new ShapeException(message + " (expected: shapes and types that fit; " + firstLine(cause) + ")", cause);
    }

    private static String firstLine(RuntimeException cause) {
        String text = String.valueOf(cause.getMessage());
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}

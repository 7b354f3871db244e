package io.t4rec.tensor;

/** A file that is no .npy file, is damaged, or holds what can't be a tensor; the message names the file and what is wrong. */
public final class NpyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NpyException(String message) {
        super(message);
    }
}

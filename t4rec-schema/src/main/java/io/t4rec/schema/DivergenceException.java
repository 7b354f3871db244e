package io.t4rec.schema;

/**
 * Training that has gone astray: a loss, a gradient, a weight or a prediction is no number any more; names which. Not for settings
 * that can be refused before training begins.
 */
public final class DivergenceException extends T4RecException {
    private static final long serialVersionUID = 1L;

    public DivergenceException(String message) {
        super(message);
    }

    public DivergenceException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Of a model that has been trained.
     *
     * @param what is no number
     */
    public static DivergenceException ofModel(String what) {
        return new DivergenceException(
                "model: " + what + " is no number (expected: a number; its training has diverged: train"
                        + " again with a lower training.learningRate, or with training.clipNorm)");
    }
}

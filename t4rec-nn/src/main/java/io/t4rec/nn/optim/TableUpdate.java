package io.t4rec.nn.optim;

import java.util.Arrays;
import java.util.Locale;

/** How an embedding table follows its gradient, when that is the gradient of a few rows ({@code RowGradient}). */
public enum TableUpdate {
    /** Every row at every step, by the optimiser of the other parameters: moments fade, weights decay, gradient or not. */
    DENSE,
    /**
     * The formula of the other parameters, on rows with a gradient alone; all others keep weights and moments, and don't decay.
     * For Adam this is lazy Adam, with the bias correction of the global step (as PyTorch's {@code SparseAdam} and FBGEMM); for
     * Adagrad and for plain gradient descent without weight decay it is no approximation.
     */
    LAZY,
    /**
     * Adagrad with one accumulator for a row in place of two moments for a weight (FBGEMM's {@code EXACT_ROWWISE_ADAGRAD}): the
     * mean square of the row's gradient adds up, and its root divides the gradient. Weight decay is added to the gradient of
     * the rows that have one.
     */
    ROW_ADAGRAD;

    /** @throws IllegalArgumentException for an unknown name, listing the known ones */
    public static TableUpdate of(String name) {
        for (TableUpdate update : values()) {
            if (update.label().equals(name)) {
                return update;
            }
        }
        throw new IllegalArgumentException("tableOptimizer: " + name + " (expected: auto or one of "
                + Arrays.stream(values()).map(TableUpdate::label).toList() + ")");
    }

    /** The name in settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package io.t4rec.train;

import io.t4rec.schema.DivergenceException;

/**
 * What losses are multiplied by so that small gradients don't vanish in float16 (Micikevicius et al. 2018), found as PyTorch's
 * {@code GradScaler} does: it doubles after 2,000 steps in which all gradients were numbers, and halves when they weren't. The
 * step is left out then.
 */
final class LossScale {
    private static final double FIRST = 65_536;
    private static final int INTERVAL = 2_000;

    private final boolean dynamic;
    private double value;
    private int steps;

    /** @param dynamic whether gradients are scaled at all */
    LossScale(boolean dynamic) {
        this.dynamic = dynamic;
        value = dynamic ? FIRST : 1;
    }

    double value() {
        return value;
    }

    /** Steps since the scale last changed. */
    int steps() {
        return steps;
    }

    /** @param value of a checkpoint; 0 where it has none */
    void restore(double value, int steps) {
        if (dynamic && value > 0) {
            this.value = value;
            this.steps = steps;
        }
    }

    /**
     * Follows a step.
     *
     * @param taken whether all gradients were numbers
     * @throws DivergenceException when they aren't even without a scale
     */
    void follow(boolean taken) {
        if (!dynamic) {
            return;
        }
        steps = taken ? steps + 1 : 0;
        if (!taken) {
            value /= 2;
        } else if (steps == INTERVAL) {
            value *= 2;
            steps = 0;
        }
        if (value < 1) {
            throw new DivergenceException(
                    "training.precision: float16 has no room for these gradients (expected: numbers;"
                            + " choose bfloat16 or float32, or a lower training.learningRate)");
        }
    }
}

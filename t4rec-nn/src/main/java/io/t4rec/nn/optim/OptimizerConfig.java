package io.t4rec.nn.optim;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which optimiser with which constants. Formulas are PyTorch's.
 *
 * @param kind the algorithm
 * @param weightDecay decoupled for AdamW, added to the gradient for the others; from 0
 * @param beta1 decay of the first moment (Adam, AdamW), or momentum (SGD)
 * @param beta2 decay of the second moment (Adam, AdamW)
 * @param epsilon added to the divisor
 */
public record OptimizerConfig(Kind kind, double weightDecay, double beta1, double beta2, double epsilon) {
    /** The algorithms. */
    public enum Kind {
        ADAMW,
        ADAM,
        SGD,
        ADAGRAD;

        /** @throws IllegalArgumentException for an unknown name, listing the known ones */
        public static Kind of(String name) {
            for (Kind kind : values()) {
                if (kind.label().equals(name)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("optimizer: " + name + " (expected: one of "
                    + Arrays.stream(values()).map(Kind::label).toList() + ")");
        }

        /** The name in settings. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException for constants out of range */
    public OptimizerConfig {
        if (!(weightDecay >= 0) || !(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon > 0)) {
            throw new IllegalArgumentException("optimizer: weightDecay " + weightDecay + ", beta1 " + beta1 + ", beta2 "
                    + beta2 + ", epsilon " + epsilon + " (expected: decay >= 0, 0 <= betas < 1, epsilon > 0)");
        }
    }

    /** PyTorch's defaults for the algorithm. */
    public static OptimizerConfig of(Kind kind) {
        return switch (kind) {
            case ADAMW -> new OptimizerConfig(kind, 0.01, 0.9, 0.999, 1e-8);
            case ADAM -> new OptimizerConfig(kind, 0, 0.9, 0.999, 1e-8);
            case SGD -> new OptimizerConfig(kind, 0, 0, 0, 1e-8);
            case ADAGRAD -> new OptimizerConfig(kind, 0, 0, 0, 1e-10);
        };
    }

    /** The same with another first constant: the momentum of SGD. */
    public OptimizerConfig withMomentum(double momentum) {
        return new OptimizerConfig(kind, weightDecay, momentum, beta2, epsilon);
    }

    /** The same with another weight decay. */
    public OptimizerConfig withWeightDecay(double decay) {
        return new OptimizerConfig(kind, decay, beta1, beta2, epsilon);
    }
}

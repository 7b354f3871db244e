package io.t4rec.nn.optim;

import java.util.Arrays;
import java.util.Locale;

/**
 * The share of the base learning rate at each step, with a linear warm-up from zero: the schedules of Hugging Face's trainer.
 *
 * @param kind form after the warm-up
 * @param warmupSteps steps of the warm-up, from 0
 * @param totalSteps steps after which the rate has reached its end
 * @param cycles for the cosine forms: half a cycle falls once to zero
 */
public record LearningRateSchedule(Kind kind, long warmupSteps, long totalSteps, double cycles) {
    private static final double POLYNOMIAL_END_SHARE = 1e-7;

    /** Forms of the rate after the warm-up. */
    public enum Kind {
        /** Stays; no warm-up. */
        CONSTANT,
        /** Stays. */
        CONSTANT_WITH_WARMUP,
        /** Falls to zero in a line. */
        LINEAR,
        /** Falls along a cosine; with more than half a cycle it rises again. */
        COSINE,
        /** Falls along a cosine and jumps back, once a cycle. */
        COSINE_WITH_RESTARTS,
        /** Falls in a line to an end rate of 1e-7 (power 1, as the original's default). */
        POLYNOMIAL;

        /** @throws IllegalArgumentException for an unknown name, listing the known ones */
        public static Kind of(String name) {
            for (Kind kind : values()) {
                if (kind.label().equals(name)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("schedule: " + name + " (expected: one of "
                    + Arrays.stream(values()).map(Kind::label).toList() + ")");
        }

        /** The name in settings. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException for negative steps, and cycles that are negative or not finite */
    public LearningRateSchedule {
        if (!(cycles >= 0 && Double.isFinite(cycles))) {
            throw new IllegalArgumentException("schedule cycles: " + cycles + " (expected: a finite number >= 0)");
        }
        if (warmupSteps < 0 || totalSteps < 0) {
            throw new IllegalArgumentException(
                    "schedule steps: warm-up " + warmupSteps + ", total " + totalSteps + " (expected: >= 0)");
        }
    }

    /**
     * The learning rate at a step.
     *
     * @param step from 0
     * @param base the full rate
     */
    public double rate(long step, double base) {
        if (kind == Kind.CONSTANT) {
            return base;
        }
        if (step < warmupSteps) {
            return base * step / Math.max(1, warmupSteps);
        }
        if (kind == Kind.CONSTANT_WITH_WARMUP) {
            return base;
        }
        double progress = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
        return switch (kind) {
            case LINEAR -> base * Math.max(0, 1 - progress);
            case COSINE -> base * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * progress)));
            case COSINE_WITH_RESTARTS ->
                progress >= 1 ? 0 : base * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * (cycles * progress % 1))));
            default ->
                progress > 1
                        ? POLYNOMIAL_END_SHARE
                        : (base - POLYNOMIAL_END_SHARE) * (1 - progress) + POLYNOMIAL_END_SHARE;
        };
    }
}

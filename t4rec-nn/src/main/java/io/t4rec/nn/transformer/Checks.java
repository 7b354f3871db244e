package io.t4rec.nn.transformer;

import java.util.List;

/** Checks of configuration values, one message form. */
final class Checks {
    private Checks() {}

    static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    static void probability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 <= probability < 1)");
        }
    }

    static void divisible(String name, int width, String headsName, int heads) {
        if (width % heads != 0) {
            throw new IllegalArgumentException(
                    name + ": " + width + " (expected: a multiple of " + headsName + ", " + heads + ")");
        }
    }

    static void oneOf(String name, String value, String... known) {
        if (!List.of(known).contains(value)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: one of " + List.of(known) + ")");
        }
    }

    static void notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
    }

    static void odd(String name, int value) {
        if (value < 1 || value % 2 == 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: an odd number)");
        }
    }
}

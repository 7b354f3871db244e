package io.t4rec.schema;

import org.jspecify.annotations.Nullable;

/**
 * The range of a floating-point column.
 *
 * @param min smallest value, included
 * @param max largest value, included
 * @param name of the domain; null when it is the column's own
 */
public record FloatDomain(double min, double max, @Nullable String name) {
    /** @throws SchemaException unless min is at most max and each is infinite or within the range of a 32-bit float */
    public FloatDomain {
        if (!(min <= max)) {
            throw new SchemaException("float domain: " + min + " to " + max + " (expected: min <= max)");
        }
        for (double bound : new double[] {min, max}) {
            if (Double.isFinite(bound) && Math.abs(bound) > Float.MAX_VALUE) {
                throw new SchemaException("float domain: " + bound
                        + " (expected: infinite, or within 3.4e38, which is what TensorFlow Metadata holds)");
            }
        }
    }

    public static FloatDomain of(double min, double max) {
        return new FloatDomain(min, max, null);
    }
}

package io.t4rec.schema;

import org.jspecify.annotations.Nullable;

/**
 * The range of an integer column.
 *
 * @param min smallest value, included
 * @param max largest value, included
 * @param name of the vocabulary that several columns may share; null when it is the column's own
 */
public record IntDomain(long min, long max, @Nullable String name) {
    /** @throws SchemaException when min exceeds max */
    public IntDomain {
        if (min > max) {
            throw new SchemaException("int domain: " + min + " to " + max + " (expected: min <= max)");
        }
    }

    public static IntDomain of(long min, long max) {
        return new IntDomain(min, max, null);
    }
}

package io.t4rec.schema;

/** How many elements a row of a column holds. */
public sealed interface ColumnShape {
    /** Exactly one element. */
    ColumnShape SCALAR = new Scalar();

    /** One element a row. */
    record Scalar() implements ColumnShape {}

    /**
     * The same number of elements in every row.
     *
     * @param length at least 1
     */
    record Fixed(long length) implements ColumnShape {
        /** @throws SchemaException for a length below 1 */
        public Fixed {
            if (length < 1) {
                throw new SchemaException("list length: " + length + " (expected: >= 1)");
            }
        }
    }

    /**
     * A number of elements that differs by row.
     *
     * @param min fewest elements, from 0
     * @param max most elements; 0 when unknown
     */
    record Ragged(long min, long max) implements ColumnShape {
        /** @throws SchemaException unless {@code 0 <= min <= max} or max is 0 */
        public Ragged {
            if (min < 0 || max < 0 || (max > 0 && min > max)) {
                throw new SchemaException("list length: " + min + " to " + max + " (expected: 0 <= min <= max)");
            }
        }
    }

    static ColumnShape fixed(long length) {
        return new Fixed(length);
    }

    static ColumnShape ragged(long min, long max) {
        return new Ragged(min, max);
    }

    /** A list of any length. */
    static ColumnShape ragged() {
        return new Ragged(0, 0);
    }
}

package io.t4rec.data;

import java.util.Objects;

/** What columns share: equality by their visible values (what a null cell holds underneath doesn't count), and offsets of lists. */
final class Columns {
    private Columns() {}

    static boolean equal(Column a, Column b) {
        if (a.size() != b.size() || a.getClass() != b.getClass()) {
            return false;
        }
        for (int row = 0; row < a.size(); row++) {
            if (!Objects.equals(a.value(row), b.value(row))) {
                return false;
            }
        }
        return true;
    }

    /** @throws IllegalArgumentException when the offsets don't rise from 0 */
    static void requireOffsets(int[] offsets) {
        if (offsets.length == 0 || offsets[0] != 0) {
            throw new IllegalArgumentException("offsets: " + (offsets.length == 0 ? "none" : "from " + offsets[0])
                    + " (expected: at least one, from 0)");
        }
        for (int row = 1; row < offsets.length; row++) {
            if (offsets[row] < offsets[row - 1]) {
                throw new IllegalArgumentException(
                        "offsets: " + offsets[row - 1] + ", then " + offsets[row] + " (expected: rising)");
            }
        }
    }
}

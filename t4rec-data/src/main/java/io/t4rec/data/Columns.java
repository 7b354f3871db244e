package io.t4rec.data;

import java.util.Objects;

/** Equality of columns by their visible values: what a null cell holds underneath doesn't count. */
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
}

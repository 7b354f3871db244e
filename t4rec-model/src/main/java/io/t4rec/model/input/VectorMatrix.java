package io.t4rec.model.input;

import io.t4rec.tensor.Tensor;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Vectors by id.
 *
 * @param values {@code [ids, width]} of any numeric type, on the CPU, not to be written to
 * @param present ids that the file has a vector of; null for all
 */
record VectorMatrix(Tensor values, @Nullable BitSet present) {
    int width() {
        return (int) values.size(1);
    }
}

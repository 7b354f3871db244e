package io.t4rec.model;

import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Tensors;
import java.util.Objects;

/** A factorisation order as the masks that a body with two streams takes. */
final class PermutationPattern {
    private PermutationPattern() {}

    /**
     * Masks of a range of rows of masked sequences with an order. The body gives one output a target: as many columns as the row with the
     * most of them has, at least one, in the order of {@link Targets#outputs}.
     */
    static AttentionPattern of(MaskedSequences masked, int from, int to, Device device) {
        int rows = to - from;
        int columns = masked.longest(from, to);
        int[] order = Objects.requireNonNull(masked.order(), "order");
        float[] blocked = new float[rows * columns * columns];
        for (int row = 0; row < rows; row++) {
            int start = (from + row) * masked.length();
            for (int i = 0; i < columns; i++) {
                for (int j = 0; j < columns; j++) {
                    boolean hidden = order[start + j] >= 0 && order[start + i] <= order[start + j];
                    blocked[(row * columns + i) * columns + j] = hidden ? 1 : 0;
                }
            }
        }
        Targets targets = Targets.of(masked, from, to);
        int most = mostInARow(targets, columns);
        float[] mapping = new float[rows * most * columns];
        for (int i = 0; i < targets.count(); i++) {
            mapping[(int) (targets.outputs()[i] * columns + targets.positions()[i] % columns)] = 1;
        }
        return new AttentionPattern.Permutation(
                Tensors.of(blocked, rows, columns, columns).to(device),
                Tensors.of(mapping, rows, most, columns).to(device));
    }

    private static int mostInARow(Targets targets, int columns) {
        int most = 1;
        int count = 0;
        for (int i = 0; i < targets.count(); i++) {
            boolean sameRow = i > 0 && targets.positions()[i] / columns == targets.positions()[i - 1] / columns;
            count = sameRow ? count + 1 : 1;
            most = Math.max(most, count);
        }
        return most;
    }
}

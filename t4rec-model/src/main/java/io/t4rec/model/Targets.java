package io.t4rec.model;

import io.t4rec.model.masking.MaskedSequences;
import java.util.Arrays;

/**
 * The predicting positions of a range of rows.
 *
 * @param positions flat positions among the range's rows, each of {@link MaskedSequences#longest} columns
 * @param outputs where the body's output has them, rows joined: the positions themselves, or the number among the row's targets where
 *     the body gives targets alone
 * @param items ids to predict; empty when inferring
 * @param last whether the position is the last of its row
 */
record Targets(long[] positions, long[] outputs, long[] items, boolean[] last) {
    static Targets of(MaskedSequences masked, int from, int to) {
        int first = lowerBound(masked.positions(), from * masked.length());
        int end = lowerBound(masked.positions(), to * masked.length());
        int columns = masked.longest(from, to);
        long[] positions = new long[end - first];
        boolean[] last = new boolean[end - first];
        for (int i = first; i < end; i++) {
            int row = masked.positions()[i] / masked.length() - from;
            positions[i - first] = (long) row * columns + masked.positions()[i] % masked.length();
            last[i - first] = masked.isLast(masked.positions()[i]);
        }
        long[] items =
                masked.targets().length == 0 ? masked.targets() : Arrays.copyOfRange(masked.targets(), first, end);
        long[] outputs = masked.order() == null ? positions : numbered(positions, columns);
        return new Targets(positions, outputs, items, last);
    }

    private static long[] numbered(long[] positions, int columns) {
        long[] numbers = new long[positions.length]; // of each target in its row
        long most = 1;
        for (int i = 0; i < positions.length; i++) {
            boolean sameRow = i > 0 && positions[i] / columns == positions[i - 1] / columns;
            numbers[i] = sameRow ? numbers[i - 1] + 1 : 0;
            most = Math.max(most, numbers[i] + 1);
        }
        long[] outputs = new long[positions.length];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = positions[i] / columns * most + numbers[i];
        }
        return outputs;
    }

    int count() {
        return positions.length;
    }

    private static int lowerBound(int[] sorted, int value) {
        int found = Arrays.binarySearch(sorted, value);
        return found >= 0 ? found : -found - 1;
    }
}

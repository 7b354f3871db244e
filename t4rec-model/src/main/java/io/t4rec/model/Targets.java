package io.t4rec.model;

import io.t4rec.model.masking.MaskedSequences;
import java.util.Arrays;

/**
 * The predicting positions of a range of rows.
 *
 * @param positions flat positions among the range's rows, each of {@link MaskedSequences#longest} columns
 * @param items ids to predict; empty when inferring
 */
record Targets(long[] positions, long[] items) {
    static Targets of(MaskedSequences masked, int from, int to) {
        int first = lowerBound(masked.positions(), from * masked.length());
        int last = lowerBound(masked.positions(), to * masked.length());
        int columns = masked.longest(from, to);
        long[] positions = new long[last - first];
        for (int i = first; i < last; i++) {
            int row = masked.positions()[i] / masked.length() - from;
            positions[i - first] = (long) row * columns + masked.positions()[i] % masked.length();
        }
        long[] items =
                masked.targets().length == 0 ? masked.targets() : Arrays.copyOfRange(masked.targets(), first, last);
        return new Targets(positions, items);
    }

    int count() {
        return positions.length;
    }

    private static int lowerBound(int[] sorted, int value) {
        int found = Arrays.binarySearch(sorted, value);
        return found >= 0 ? found : -found - 1;
    }
}

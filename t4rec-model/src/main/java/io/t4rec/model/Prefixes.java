package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every prefix of at least two events of every row, as rows of their own: for tasks that predict one position a pass. */
final class Prefixes {
    private Prefixes() {}

    /**
     * In parts, made one after another as they are asked for.
     *
     * @param most rows of a part
     */
    static Stream<SequenceBatch> parts(SequenceBatch batch, int most) {
        int count = 0;
        for (int row = 0; row < batch.rowCount(); row++) {
            count += Math.max(0, batch.length(row) - 1);
        }
        int[] rows = new int[count];
        int[] lengths = new int[count];
        int at = 0;
        for (int row = 0; row < batch.rowCount(); row++) {
            for (int length = 2; length <= batch.length(row); length++) {
                rows[at] = row;
                lengths[at++] = length;
            }
        }
        return IntStream.iterate(0, from -> from < rows.length, from -> from + most)
                .mapToObj(from -> {
                    int to = Math.min(rows.length, from + most);
                    return batch.prefixes(Arrays.copyOfRange(rows, from, to), Arrays.copyOfRange(lengths, from, to));
                });
    }
}

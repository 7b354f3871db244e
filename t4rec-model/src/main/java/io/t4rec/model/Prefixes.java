package io.t4rec.model;

import io.t4rec.data.SequenceBatch;

/** Every prefix of at least two events of every row, as rows of their own: for tasks that predict one position a pass. */
final class Prefixes {
    private Prefixes() {}

    static SequenceBatch of(SequenceBatch batch) {
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
        return batch.prefixes(rows, lengths);
    }
}

package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;

/**
 * Rows of a batch that are computed together.
 *
 * @param whole batch
 * @param from first row
 * @param to row after the last
 */
record BatchRows(MaskedBatch whole, int from, int to) {
    /** @throws IllegalArgumentException for rows that the batch hasn't */
    BatchRows {
        if (from < 0 || to > whole.rowCount() || from > to) {
            throw new IllegalArgumentException(
                    "rows: " + from + " to " + to + " (expected: in order, within 0 to " + whole.rowCount() + ")");
        }
    }

    /** All rows. */
    static BatchRows all(MaskedBatch batch) {
        return new BatchRows(batch, 0, batch.rowCount());
    }

    SequenceBatch events() {
        return whole.batch();
    }

    MaskedSequences masked() {
        return whole.masked();
    }

    Targets targets() {
        return Targets.of(masked(), from, to);
    }

    int count() {
        return to - from;
    }

    /** Columns that are computed. */
    int columns() {
        return masked().longest(from, to);
    }
}

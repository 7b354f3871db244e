package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;

/** A batch with its masking: drawn once for all rows, so that splitting the rows among workers doesn't change it. */
public record MaskedBatch(SequenceBatch batch, MaskedSequences masked) {
    public int rowCount() {
        return batch.rowCount();
    }

    /** Number of positions that predict. */
    public int targetCount() {
        return masked.positions().length;
    }
}

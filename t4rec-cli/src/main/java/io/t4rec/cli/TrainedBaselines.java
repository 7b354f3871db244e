package io.t4rec.cli;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.schema.Schema;
import io.t4rec.train.baseline.Baseline;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** The baselines that stand beside a model, trained on the sequences that it was trained on. */
final class TrainedBaselines {
    private static final int MAX_SESSIONS = 1_000_000;
    private static final int BATCH = 1_024;

    private TrainedBaselines() {}

    /**
     * Trains all of them; on the newest million sequences where there are more.
     *
     * @param sequences Parquet files
     * @param schema of it
     * @param itemCount number of ids, the special ones included
     */
    static List<Baseline> on(List<Path> sequences, Schema schema, long itemCount) {
        Deque<long[]> sessions = new ArrayDeque<>();
        try (BatchLoader loader = BatchLoader.open(sequences, schema, LoaderConfig.evaluation(BATCH));
                BatchLoader.Epoch batches = loader.epoch(0)) {
            while (batches.hasNext()) {
                SequenceBatch batch = batches.next();
                long[] items = batch.longs(schema.itemId().name());
                for (int row = 0; row < batch.rowCount(); row++) {
                    if (sessions.size() == MAX_SESSIONS) {
                        sessions.removeFirst();
                    }
                    sessions.addLast(Arrays.copyOfRange(items, batch.offsets()[row], batch.offsets()[row + 1]));
                }
            }
        }
        return Baseline.all(sessions.toArray(long[][]::new), itemCount);
    }
}

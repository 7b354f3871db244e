package io.t4rec.train;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.SequenceBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Once through a loader's batches, some at a time. */
final class BatchPass {
    private BatchPass() {}

    /**
     * What is found out about a batch, for several threads at once.
     *
     * @param <T> of what is found
     */
    @FunctionalInterface
    interface Work<T> {
        /** @param number of the batch, from 0 */
        T of(SequenceBatch batch, int number);
    }

    /**
     * Finds out about all batches.
     *
     * @param threads that share the work; 0 for one a core
     * @param taken hears of what was found, batch after batch in their order, in the thread that asks
     */
    static <T> void run(BatchLoader loader, int threads, Work<T> work, Consumer<T> taken) {
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        try (Workers workers = new Workers(count);
                BatchLoader.Epoch batches = loader.epoch(0)) {
            int first = 0;
            while (batches.hasNext()) {
                List<SequenceBatch> round = new ArrayList<>();
                while (batches.hasNext() && round.size() < workers.count()) {
                    round.add(batches.next());
                }
                int number = first;
                List<T> found = new ArrayList<>(Collections.nCopies(round.size(), null));
                workers.run(round.size(), i -> found.set(i, work.of(round.get(i), number + i)));
                found.forEach(taken);
                first += round.size();
            }
        }
    }
}

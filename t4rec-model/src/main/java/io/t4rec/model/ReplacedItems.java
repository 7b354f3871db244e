package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.nn.sampling.SoftmaxDraws;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Sequences with drawn items in place of masked ones.
 *
 * @param rows the sequences, nothing masked; their targets are the positions that are judged: all of sequences with a masked item
 * @param labels for each position judged, whether another item stands there than before
 */
record ReplacedItems(BatchRows rows, boolean[] labels) {
    /** How many positions are judged in all rows of a batch. */
    static int judged(MaskedSequences masked) {
        return Arrays.stream(masked.lengths()).filter(ReplacedItems::isJudged).sum();
    }

    private static boolean isJudged(int length) {
        return length > 1; // of a single item nothing is masked
    }

    /**
     * Draws an item for each target.
     *
     * @param states that predict the targets, {@code [targets, width of the item table]}
     */
    static ReplacedItems draw(
            ReplacedItemMasking task, SessionModel model, BatchRows rows, Targets targets, Tensor states) {
        double[] all = Objects.requireNonNull(
                rows.whole().chances(), "chances: none (expected: a batch masked for training, with chances)");
        MaskedSequences masked = rows.masked();
        int before = Targets.of(masked, 0, rows.from()).count();
        double[] chances = Arrays.copyOfRange(all, before, before + targets.count());
        long[] candidates = candidates(task, masked);
        Tensor table = model.itemTable().value().detach();
        Tensor items = candidates.length == 0
                ? table.narrow(0, model.firstItem(), model.itemCount() - model.firstItem())
                : table.indexSelect(0, Tensors.of(candidates).to(table.device()));
        long[] drawn = SoftmaxDraws.of(states, items, task.temperature(), chances);
        long[] ids = Arrays.stream(drawn)
                .map(row -> candidates.length == 0 ? model.firstItem() + row : candidates[(int) row])
                .toArray();
        return of(model.schema().itemId().name(), rows, targets, ids);
    }

    /** The items that are drawn from, rising; none where all are. */
    private static long[] candidates(ReplacedItemMasking task, MaskedSequences masked) {
        return task.drawsFromBatch()
                ? Arrays.stream(masked.targets()).sorted().distinct().toArray()
                : new long[0];
    }

    private static ReplacedItems of(String item, BatchRows rows, Targets targets, long[] drawn) {
        SequenceBatch events = rows.events().rows(rows.from(), rows.to());
        int columns = rows.columns();
        long[] before = events.longs(item);
        long[] after = before.clone();
        for (int i = 0; i < drawn.length; i++) {
            int row = (int) (targets.positions()[i] / columns);
            after[events.offsets()[row] + (int) (targets.positions()[i] % columns)] = drawn[i];
        }
        int[] positions = new int[before.length];
        boolean[] labels = new boolean[before.length];
        int count = 0;
        for (int row = 0; row < events.rowCount(); row++) {
            for (int column = 0; isJudged(events.length(row)) && column < events.length(row); column++) {
                int event = events.offsets()[row] + column;
                positions[count] = row * columns + column;
                labels[count++] = after[event] != before[event];
            }
        }
        int[] lengths = IntStream.range(0, rows.count()).map(events::length).toArray();
        MaskedSequences all = new MaskedSequences(
                rows.count(),
                columns,
                lengths,
                new boolean[rows.count() * columns],
                Arrays.copyOf(positions, count),
                new long[0],
                AttentionPattern.Kind.BIDIRECTIONAL);
        MaskedBatch batch = new MaskedBatch(events.withLongs(item, after), all);
        return new ReplacedItems(BatchRows.all(batch), Arrays.copyOf(labels, count));
    }

    /** 1 for replaced, 0 for not. */
    float[] labelValues() {
        float[] values = new float[labels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = labels[i] ? 1 : 0;
        }
        return values;
    }
}

package io.t4rec.nn.optim;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.FusedUpdates.Step;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Some of the rows of a table that have a gradient: weights and moments of these rows are collected, updated, and written back.
 *
 * @param from first place among the merged rows
 * @param count rows
 */
record RowBlock(UpdateRule rule, Slice table, MergedRows merged, long from, long count) implements Block {
    /** Weights of a block: the copies of gradient, weights and moments stay in the cache of one core. */
    private static final long ELEMENTS = 1 << 15;

    static List<RowBlock> split(UpdateRule rule, Slice table, MergedRows merged) {
        long width = Math.max(1, table.value().elements() / table.value().size(0));
        long step = Math.max(1, ELEMENTS / width);
        List<RowBlock> blocks = new ArrayList<>();
        for (long from = 0; from < merged.count(); from += step) {
            blocks.add(new RowBlock(rule, table, merged, from, Math.min(step, merged.count() - from)));
        }
        return blocks;
    }

    @Override
    public double sum() {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            double norm = merged.sum(from, count).norm().item();
            return norm * norm;
        }
    }

    @Override
    public void update(Step step, boolean summed) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor sum = summed ? merged.summed(from, count) : merged.sum(from, count);
            Tensor rows = merged.rows().narrow(0, from, count);
            Tensor value = table.value().indexSelect(0, rows);
            List<Tensor> moments = table.moments().stream()
                    .map(moment -> moment.indexSelect(0, rows))
                    .toList();
            rule.apply(
                    step,
                    List.of(value),
                    List.of(sum.contiguous()),
                    moments.stream().map(List::of).toList());
            table.value().indexCopyInPlace(0, rows, value);
            for (int i = 0; i < moments.size(); i++) {
                table.moments().get(i).indexCopyInPlace(0, rows, moments.get(i));
            }
        }
    }
}

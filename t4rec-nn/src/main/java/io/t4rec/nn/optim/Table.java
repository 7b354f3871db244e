package io.t4rec.nn.optim;

import io.t4rec.nn.Parameter;
import io.t4rec.nn.RowGradient;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/**
 * A table whose gradients are those of a few rows. A dense gradient counts as one for every row, and row gradients beside it are
 * added to it.
 */
final class Table {
    private final UpdateRule rule;
    private final List<Parameter> replicas;
    private final Slice whole;
    private final List<Slice> slices;
    private final List<Block> dense;

    Table(UpdateRule rule, List<Parameter> replicas, List<Tensor> moments) {
        this.rule = rule;
        this.replicas = replicas;
        whole = Slice.of(replicas, moments);
        slices = DenseBlock.split(replicas, moments);
        dense = DenseBlock.pack(rule, slices);
    }

    /** This step's work. Call inside a scope that stays open until it is done, and without recording gradients. */
    List<? extends Block> blocks() {
        List<RowGradient> gradients = replicas.stream()
                .map(Parameter::rowGradient)
                .filter(Objects::nonNull)
                .toList();
        Tensor sum = whole.summed();
        if (sum == null) {
            return gradients.isEmpty() ? List.of() : RowBlock.split(rule, whole, MergedRows.of(gradients));
        }
        for (RowGradient gradient : gradients) {
            sum.indexAddInPlace(0, gradient.rows(), gradient.values());
        }
        return dense;
    }

    /** Zeroes dense gradients without a step. */
    void clearDense() {
        slices.forEach(Slice::clear);
    }

    /** Drops the row gradients after a step. */
    void clear() {
        replicas.forEach(replica -> replica.setRowGradient(null));
    }

    void release() {
        whole.release();
        slices.forEach(Slice::release);
    }
}

package io.t4rec.nn.optim;

import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.FusedUpdates.Step;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A few small parameters, or some rows of a large one. Parameters without a gradient are left alone. */
record DenseBlock(UpdateRule rule, List<Slice> slices) implements Block {
    /** 512 KiB of each of gradient, weights and moments: small enough for the caches, large beside the cost of a call. */
    private static final long ELEMENTS = 1 << 17;

    private static final int MOST_SLICES = 16;

    /** Splits a parameter by rows, or leaves it whole when it is small. */
    static List<Slice> split(List<Parameter> replicas, List<Tensor> moments) {
        Tensor value = replicas.get(0).value();
        if (value.elements() <= ELEMENTS) {
            return List.of(Slice.of(replicas, moments));
        }
        List<Slice> slices = new ArrayList<>();
        long rows = value.size(0);
        long step = Math.max(1, ELEMENTS * rows / value.elements());
        for (long from = 0; from < rows; from += step) {
            slices.add(Slice.of(replicas, moments, from, Math.min(step, rows - from)));
        }
        return slices;
    }

    /** Packs slices so that small ones share a call. */
    static List<Block> pack(UpdateRule rule, List<Slice> slices) {
        List<Block> blocks = new ArrayList<>();
        List<Slice> open = new ArrayList<>();
        long elements = 0;
        for (Slice slice : slices) {
            long more = slice.value().elements();
            if (!open.isEmpty() && (elements + more > ELEMENTS || open.size() == MOST_SLICES)) {
                blocks.add(new DenseBlock(rule, List.copyOf(open)));
                open.clear();
                elements = 0;
            }
            open.add(slice);
            elements += more;
        }
        if (!open.isEmpty()) {
            blocks.add(new DenseBlock(rule, List.copyOf(open)));
        }
        return blocks;
    }

    @Override
    public double sum() {
        double squares = 0;
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            for (Slice slice : slices) {
                Tensor sum = slice.sum();
                if (sum != null) {
                    double norm = sum.norm().item();
                    squares += norm * norm;
                }
            }
        }
        return squares;
    }

    @Override
    public void update(Step step, boolean summed) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            List<Tensor> values = new ArrayList<>();
            List<Tensor> sums = new ArrayList<>();
            List<List<Tensor>> moments = new ArrayList<>();
            rule.moments().forEach(name -> moments.add(new ArrayList<>()));
            for (Slice slice : slices) {
                Tensor sum = summed ? slice.summed() : slice.sum();
                if (sum != null) {
                    values.add(slice.value());
                    sums.add(sum);
                    for (int i = 0; i < moments.size(); i++) {
                        moments.get(i).add(slice.moments().get(i));
                    }
                }
            }
            if (!values.isEmpty()) {
                rule.apply(step, values, sums.stream().map(Tensor::contiguous).toList(), moments);
                sums.forEach(sum -> sum.fillInPlace(0));
            }
        }
    }
}

package io.t4rec.nn.optim;

import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.FusedUpdates.Step;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Changes parameters by their gradients: AdamW (Loshchilov and Hutter 2019), Adam (Kingma and Ba 2015), SGD with momentum,
 * Adagrad (Duchi et al. 2011), in place; tables also by rows ({@link TableUpdate}).
 *
 * <p>A step goes through memory once: each block of weights is summed over the replicas, updated, and its gradients zeroed while
 * it is in the cache (with a bound on the norm, which must be known first, summing is a pass of its own). Blocks depend on shapes
 * alone, so the result doesn't depend on how they are shared among threads. State lives outside all scopes until {@link
 * #release()}; parameters must keep their storage until then.
 */
public final class Optimizer {
    private final OptimizerConfig config;
    private final Map<String, Tensor> state = new LinkedHashMap<>();
    private final List<Slice> slices = new ArrayList<>();
    private final List<Block> dense;
    private final List<Table> tables = new ArrayList<>();
    private long steps;

    /** @param parameters by name; frozen ones are left alone */
    public Optimizer(OptimizerConfig config, Map<String, Parameter> parameters) {
        this(config, List.of(parameters), TableUpdate.DENSE, Set.of());
    }

    /**
     * An optimiser of weights that several replicas share.
     *
     * @param replicas parameters by name, the same names and weights in each, every one with gradients of its own, which are
     *     summed in this order
     * @param tableUpdate how {@code tables} are updated
     * @param tables names of two-dimensional parameters whose gradients are those of a few rows
     */
    public Optimizer(
            OptimizerConfig config,
            List<Map<String, Parameter>> replicas,
            TableUpdate tableUpdate,
            Set<String> tables) {
        this.config = config;
        UpdateRule rule = UpdateRule.of(config);
        UpdateRule tableRule = UpdateRule.of(config, tableUpdate);
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            replicas.get(0).forEach((name, parameter) -> {
                if (parameter.isTrainable()) {
                    List<Parameter> all = replicas.stream()
                            .map(replica -> Objects.requireNonNull(replica.get(name), name))
                            .toList();
                    if (tableUpdate != TableUpdate.DENSE && tables.contains(name)) {
                        this.tables.add(new Table(tableRule, all, moments(tableRule, name, parameter)));
                    } else {
                        slices.addAll(DenseBlock.split(all, moments(rule, name, parameter)));
                    }
                }
            });
        }
        dense = DenseBlock.pack(rule, slices);
    }

    private List<Tensor> moments(UpdateRule rule, String name, Parameter parameter) {
        List<Tensor> moments = new ArrayList<>();
        for (String moment : rule.moments()) {
            Tensor fresh = Scope.unscoped(rule.newMoment(parameter.value().detach()));
            state.put(moment + "." + name, fresh);
            moments.add(fresh);
        }
        return moments;
    }

    /** Number of steps taken. */
    public long steps() {
        return steps;
    }

    /**
     * Takes one step on this thread, without a bound on the norm.
     *
     * @param rate learning rate
     */
    public void step(double rate) {
        step(rate, 0, Parallel.sequential());
    }

    /** {@link #step(double, double, double, Parallel)} with gradients as they are. */
    public void step(double rate, double clipNorm, Parallel workers) {
        step(rate, clipNorm, 1, workers);
    }

    /**
     * Sums the replicas' gradients, divides them by their scale, scales them down to the largest norm, updates all parameters, and
     * zeroes the gradients; row gradients are dropped. Parameters without a gradient are left alone. Scaled gradients that are not
     * all numbers change nothing: they are zeroed, and no step is counted.
     *
     * @param rate learning rate
     * @param clipNorm largest Euclidean norm of all gradients together, as PyTorch's {@code clip_grad_norm_}; 0 for no bound
     * @param scale what the gradients were multiplied by; 1 for gradients as they are, which are not looked at
     * @param workers among which the work is shared
     * @return whether the step was taken
     */
    public boolean step(double rate, double clipNorm, double scale, Parallel workers) {
        boolean taken;
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            List<Block> blocks = new ArrayList<>(dense);
            tables.forEach(table -> blocks.addAll(table.blocks()));
            boolean summed = clipNorm > 0 || scale != 1;
            double norm = summed ? norm(blocks, workers) / scale : 0;
            taken = scale == 1 || Double.isFinite(norm);
            if (taken) {
                steps++;
                double excess = clipNorm > 0 ? Math.max(1, (norm + 1e-6) / clipNorm) : 1;
                Step step = new Step(steps, rate, config.weightDecay(), scale * excess);
                workers.run(blocks.size(), block -> blocks.get(block).update(step, summed));
            } else {
                slices.forEach(Slice::clear);
                tables.forEach(Table::clearDense);
            }
        }
        tables.forEach(Table::clear);
        return taken;
    }

    private static double norm(List<Block> blocks, Parallel workers) {
        double[] squares = new double[blocks.size()];
        workers.run(squares.length, block -> squares[block] = blocks.get(block).sum());
        double sum = 0;
        for (double square : squares) {
            sum += square;
        }
        return Math.sqrt(sum);
    }

    /** Moments by name, for checkpoints: {@code first.<parameter>}, {@code second.<parameter>}, {@code rows.<table>}. */
    public Map<String, Tensor> state() {
        return new LinkedHashMap<>(state);
    }

    /**
     * Continues from a saved state.
     *
     * @throws IllegalArgumentException when its names are not those of this optimiser
     */
    public void load(long savedSteps, Map<String, Tensor> saved) {
        if (!state.keySet().equals(saved.keySet())) {
            throw new IllegalArgumentException(
                    "optimizer state: " + saved.keySet() + " (expected: " + state.keySet() + ")");
        }
        state.forEach((name, tensor) -> tensor.copyFrom(Objects.requireNonNull(saved.get(name), name)));
        steps = savedSteps;
    }

    /** Frees the moments. The optimiser must not be used afterwards. */
    public void release() {
        slices.forEach(Slice::release);
        tables.forEach(Table::release);
        state.values().forEach(Tensor::release);
    }
}

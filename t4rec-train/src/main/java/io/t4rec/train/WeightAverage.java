package io.t4rec.train;

import io.t4rec.model.SessionModel;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The exponential moving average of a model's weights over the steps of the optimiser (Polyak and Juditsky 1992). It forgets
 * faster in the first steps, so that fresh weights don't linger: the decay of step {@code t} is {@code min(decay, t / (t + 9))}.
 */
final class WeightAverage {
    private static final double WARMUP = 9;

    private final double decay;
    private final Map<String, Tensor> weights;
    private final Map<String, Tensor> average = new LinkedHashMap<>();

    /** @param decay share of the old average that a step keeps; above 0, below 1 */
    WeightAverage(SessionModel model, double decay) {
        this.decay = decay;
        weights = model.state();
        try (Autograd off = Autograd.disabled()) {
            weights.forEach((name, weight) ->
                    average.put(name, Scope.unscoped(weight.detach().copy())));
        }
    }

    /** @param step steps of the optimiser so far, from 1 */
    void update(long step) {
        double kept = Math.min(decay, step / (step + WARMUP));
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            average.forEach((name, mean) -> mean.mulInPlace(kept).addInPlace(weight(name), 1 - kept));
        }
    }

    /** Lets the model have the average while the work runs, and its own weights afterwards. */
    <T> T during(Supplier<T> work) {
        swap();
        try {
            return work.get();
        } finally {
            swap();
        }
    }

    /** Exchanges what the model has and what is kept here; from then on the model has the average, or its own weights again. */
    void swap() {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            average.forEach((name, other) -> {
                Tensor weight = weight(name);
                Tensor held = weight.copy();
                weight.copyFrom(other);
                other.copyFrom(held);
            });
        }
    }

    private Tensor weight(String name) {
        return Objects.requireNonNull(weights.get(name), name).detach();
    }

    /** The average by parameter, for checkpoints. */
    Map<String, Tensor> state() {
        return average;
    }

    void load(Map<String, Tensor> state) {
        average.forEach((name, mean) -> mean.copyFrom(Objects.requireNonNull(state.get(name), name)));
    }

    void release() {
        average.values().forEach(Tensor::release);
    }
}

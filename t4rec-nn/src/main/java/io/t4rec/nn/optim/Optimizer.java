package io.t4rec.nn.optim;

import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Changes parameters by their gradients: AdamW (Loshchilov and Hutter 2019), Adam (Kingma and Ba 2015), SGD with momentum,
 * Adagrad (Duchi et al. 2011), in place. Its state lives outside all scopes until {@link #release()}.
 */
public final class Optimizer {
    /** One block of work: a parameter with its moments. */
    private static final class Slot {
        private final String name;
        private final Parameter parameter;
        private final @Nullable Tensor first;
        private final @Nullable Tensor second;

        Slot(String name, Parameter parameter, @Nullable Tensor first, @Nullable Tensor second) {
            this.name = name;
            this.parameter = parameter;
            this.first = first;
            this.second = second;
        }
    }

    private final OptimizerConfig config;
    private final List<Slot> slots = new ArrayList<>();
    private long steps;

    /** @param parameters by name; frozen ones are left alone */
    public Optimizer(OptimizerConfig config, Map<String, Parameter> parameters) {
        this.config = config;
        boolean adam = config.kind() == OptimizerConfig.Kind.ADAM || config.kind() == OptimizerConfig.Kind.ADAMW;
        boolean momentum = config.kind() == OptimizerConfig.Kind.SGD && config.beta1() > 0;
        boolean second = adam || config.kind() == OptimizerConfig.Kind.ADAGRAD;
        parameters.forEach((name, parameter) -> {
            if (parameter.isTrainable()) {
                Tensor value = parameter.value().detach();
                slots.add(new Slot(
                        name,
                        parameter,
                        adam || momentum ? Scope.unscoped(Tensors.zerosLike(value)) : null,
                        second ? Scope.unscoped(Tensors.zerosLike(value)) : null));
            }
        });
    }

    /** Number of steps taken. */
    public long steps() {
        return steps;
    }

    /** Number of independent blocks that {@link #update} works on. */
    public int blocks() {
        return slots.size();
    }

    /** Begins a step; then every block must be updated once, in any order and on any thread. */
    public void beginStep() {
        steps++;
    }

    /**
     * Takes one step over all blocks on this thread.
     *
     * @param rate learning rate
     */
    public void step(double rate) {
        beginStep();
        for (int block = 0; block < slots.size(); block++) {
            update(block, rate);
        }
    }

    /** Updates one block. Parameters without a gradient are left alone. */
    public void update(int block, double rate) {
        Slot slot = slots.get(block);
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor gradient = slot.parameter.value().gradient();
            if (gradient != null) {
                apply(slot, slot.parameter.value(), gradient, rate);
            }
        }
    }

    private void apply(Slot slot, Tensor value, Tensor gradient, double rate) {
        double decay = config.weightDecay();
        if (config.kind() == OptimizerConfig.Kind.ADAMW) {
            if (decay > 0) {
                value.mulInPlace(1 - rate * decay);
            }
        } else if (decay > 0) {
            gradient = gradient.add(value.mul(decay));
        }
        Tensor first = slot.first;
        Tensor second = slot.second;
        if (first != null && second != null) {
            adam(value, gradient, first, second, rate);
        } else if (second != null) {
            second.addProductInPlace(gradient, gradient, 1);
            value.addQuotientInPlace(gradient, second.sqrt().addInPlace(config.epsilon()), -rate);
        } else {
            if (first != null) {
                gradient = steps == 1
                        ? first.copyFrom(gradient)
                        : first.mulInPlace(config.beta1()).addInPlace(gradient);
            }
            value.addInPlace(gradient, -rate);
        }
    }

    private void adam(Tensor value, Tensor gradient, Tensor first, Tensor second, double rate) {
        first.mulInPlace(config.beta1()).addInPlace(gradient, 1 - config.beta1());
        second.mulInPlace(config.beta2()).addProductInPlace(gradient, gradient, 1 - config.beta2());
        double correction1 = 1 - Math.pow(config.beta1(), steps);
        double correction2 = Math.sqrt(1 - Math.pow(config.beta2(), steps));
        Tensor divisor = second.sqrt().mulInPlace(1 / correction2).addInPlace(config.epsilon());
        value.addQuotientInPlace(first, divisor, -rate / correction1);
    }

    /** Moments by name, for checkpoints: {@code first.<parameter>}, {@code second.<parameter>}. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (Slot slot : slots) {
            if (slot.first != null) {
                state.put("first." + slot.name, slot.first);
            }
            if (slot.second != null) {
                state.put("second." + slot.name, slot.second);
            }
        }
        return state;
    }

    /**
     * Continues from a saved state.
     *
     * @throws IllegalArgumentException when its names are not those of this optimiser
     */
    public void load(long savedSteps, Map<String, Tensor> saved) {
        Map<String, Tensor> own = state();
        if (!own.keySet().equals(saved.keySet())) {
            throw new IllegalArgumentException(
                    "optimizer state: " + saved.keySet() + " (expected: " + own.keySet() + ")");
        }
        own.forEach((name, tensor) -> tensor.copyFrom(Objects.requireNonNull(saved.get(name), name)));
        steps = savedSteps;
    }

    /** Frees the moments. The optimiser must not be used afterwards. */
    public void release() {
        state().values().forEach(Tensor::release);
    }
}

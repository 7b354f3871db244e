package io.t4rec.nn;

import io.t4rec.tensor.Device;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A part of a network: named parameters and named children. Names join with dots and are those of the original project where
 * there is one, so that its checkpoints load.
 *
 * <p>Each module declares a {@code forward} of its own with typed arguments; a module keeps no state between passes.
 */
public abstract class Module {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();
    private final Map<String, Module> children = new LinkedHashMap<>();

    /** Registers a trainable weight. */
    protected final Parameter parameter(String name, Tensor initial) {
        return register(name, new Parameter(initial, true));
    }

    private Parameter register(String name, Parameter parameter) {
        if (parameters.putIfAbsent(name, parameter) != null) {
            throw new IllegalStateException("parameter: " + name + " (expected: a name not used before)");
        }
        return parameter;
    }

    /**
     * Registers a tensor that belongs to the module but is no weight: never trained, in no checkpoint, and left on its device. It is
     * not copied; equal modules may have the same one.
     *
     * @return the tensor, outside all scopes
     */
    protected final Tensor constant(String name, Tensor tensor) {
        Tensor own = Scope.unscoped(tensor.detach());
        if (constants.putIfAbsent(name, own) != null) {
            throw new IllegalStateException("constant: " + name + " (expected: a name not used before)");
        }
        return own;
    }

    /** Constants of this module and its parts by dotted name. */
    public final Map<String, Tensor> constants() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        collectConstants("", all);
        return all;
    }

    private void collectConstants(String prefix, Map<String, Tensor> all) {
        constants.forEach((name, tensor) -> all.put(prefix + name, tensor));
        children.forEach((name, module) -> module.collectConstants(prefix + name + ".", all));
    }

    /** Registers a part. The name may hold dots. */
    protected final <M extends Module> M child(String name, M module) {
        if (children.putIfAbsent(name, module) != null) {
            throw new IllegalStateException("child: " + name + " (expected: a name not used before)");
        }
        return module;
    }

    /** All weights of this module and its parts by dotted name, in order of registration. */
    public final Map<String, Parameter> parameters() {
        Map<String, Parameter> all = new LinkedHashMap<>();
        collect("", all);
        return all;
    }

    private void collect(String prefix, Map<String, Parameter> all) {
        parameters.forEach((name, parameter) -> all.put(prefix + name, parameter));
        children.forEach((name, module) -> module.collect(prefix + name + ".", all));
    }

    /** The tensors of {@link #parameters()}: what a checkpoint holds. */
    public final Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        parameters().forEach((name, parameter) -> state.put(name, parameter.value()));
        return state;
    }

    /**
     * Copies weights by name.
     *
     * @throws IllegalArgumentException when a name is missing or unknown, or a shape differs; nothing is changed then unless a
     *     shape differs
     */
    public final void load(Map<String, Tensor> state) {
        Map<String, Parameter> own = parameters();
        TreeSet<String> missing = new TreeSet<>(own.keySet());
        missing.removeAll(state.keySet());
        TreeSet<String> unknown = new TreeSet<>(state.keySet());
        unknown.removeAll(own.keySet());
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("weights: missing " + missing + ", unknown " + unknown
                    + " (expected: exactly the parameters of this model)");
        }
        own.forEach((name, parameter) -> parameter.load(name, Objects.requireNonNull(state.get(name), name)));
    }

    /**
     * Makes this module use the weights of an equal one, with gradients of its own: a worker's replica in data-parallel
     * training.
     *
     * @throws IllegalArgumentException when the two have different parameters
     */
    public final void shareParametersOf(Module master) {
        Map<String, Parameter> own = parameters();
        Map<String, Parameter> others = master.parameters();
        if (!own.keySet().equals(others.keySet())) {
            throw new IllegalArgumentException(
                    "replica: parameters " + own.keySet() + " (expected: " + others.keySet() + ")");
        }
        own.forEach((name, parameter) -> {
            Parameter other = Objects.requireNonNull(others.get(name), name);
            parameter.value().release();
            parameter.alias(other);
        });
    }

    /** Moves all weights to a device. */
    public final void to(Device device) {
        for (Parameter parameter : parameters().values()) {
            if (!parameter.value().device().equals(device)) {
                try (Scope scope = Scope.open()) {
                    parameter.replace(parameter.value().to(device));
                }
            }
        }
    }

    /** Number of trained weights. */
    public final long parameterCount() {
        return parameters().values().stream()
                .filter(Parameter::isTrainable)
                .mapToLong(p -> p.value().elements())
                .sum();
    }

    /** Frees the native memory of all weights and constants now. The module must not be used afterwards. */
    public final void release() {
        constants().values().forEach(Tensor::release);
        parameters().values().forEach(parameter -> {
            parameter.setRowGradient(null);
            parameter.value().release();
        });
    }
}

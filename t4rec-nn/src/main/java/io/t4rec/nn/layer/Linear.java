package io.t4rec.nn.layer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/** Affine map of the last dimension, {@code x Wᵀ + b}: parameters {@code weight [out, in]} and {@code bias [out]}. */
public final class Linear extends Module {
    private final Parameter weight;
    private final @Nullable Parameter bias;

    private Linear(Tensor weight, @Nullable Tensor bias) {
        this.weight = parameter("weight", weight);
        this.bias = bias == null ? null : parameter("bias", bias);
    }

    /** Weights normal with the given deviation, bias zero: the transformers' way. */
    public static Linear normal(long in, long out, double deviation, Generator generator) {
        return new Linear(Initializers.normal(deviation, generator, out, in), Tensors.zeros(out));
    }

    /** As {@link #normal}, without bias. */
    public static Linear normalWithoutBias(long in, long out, double deviation, Generator generator) {
        return new Linear(Initializers.normal(deviation, generator, out, in), null);
    }

    /** Weights and bias uniform by fan-in: PyTorch's default. */
    public static Linear fanIn(long in, long out, boolean bias, Generator generator) {
        Tensor weight = Initializers.fanIn(in, generator, out, in);
        return new Linear(weight, bias ? Initializers.fanIn(in, generator, out) : null);
    }

    /** {@code [..., in]} to {@code [..., out]}. */
    public Tensor forward(Tensor input) {
        return input.linear(weight.value(), bias == null ? null : bias.value());
    }
}

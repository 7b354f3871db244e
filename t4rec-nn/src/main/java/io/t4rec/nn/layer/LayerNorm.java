package io.t4rec.nn.layer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/** Normalises the last dimension (Ba et al. 2016): parameters {@code weight} and {@code bias}, both {@code [width]}. */
public final class LayerNorm extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final double epsilon;

    /** @param epsilon added to the variance */
    public LayerNorm(long width, double epsilon) {
        this.weight = parameter("weight", Tensors.ones(width));
        this.bias = parameter("bias", Tensors.zeros(width));
        this.epsilon = epsilon;
    }

    /** {@code [..., width]} to the same shape. */
    public Tensor forward(Tensor input) {
        return input.layerNorm(weight.value(), bias.value(), epsilon);
    }
}

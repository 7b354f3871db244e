package io.t4rec.nn.layer;

import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/** Fresh weights. */
public final class Initializers {
    private Initializers() {}

    /**
     * Normal with mean 0.
     *
     * @param deviation its standard deviation
     */
    public static Tensor normal(double deviation, Generator generator, long... shape) {
        return Tensors.zeros(shape).normalInPlace(0, deviation, generator);
    }

    /** Uniform within plus and minus {@code 1 / sqrt(fanIn)}: PyTorch's default for affine and recurrent layers. */
    public static Tensor fanIn(long fanIn, Generator generator, long... shape) {
        double bound = 1 / Math.sqrt(fanIn);
        return Tensors.zeros(shape).uniformInPlace(-bound, bound, generator);
    }

    /** Uniform within plus and minus {@code sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio 2010). */
    public static Tensor glorot(long fanIn, long fanOut, Generator generator, long... shape) {
        double bound = Math.sqrt(6.0 / (fanIn + fanOut));
        return Tensors.zeros(shape).uniformInPlace(-bound, bound, generator);
    }
}

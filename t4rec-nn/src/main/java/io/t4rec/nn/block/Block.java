package io.t4rec.nn.block;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.tensor.Tensor;

/** A part of a network that maps vectors to vectors, position by position; made by a {@link BlockSpec}. */
public abstract class Block extends Module {
    /** Width of what {@link #forward} gives. */
    public abstract int outputWidth();

    /** {@code [..., inputWidth]} to {@code [..., outputWidth]}. */
    public abstract Tensor forward(Tensor input, Pass pass);
}

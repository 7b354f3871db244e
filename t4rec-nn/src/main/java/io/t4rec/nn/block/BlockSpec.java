package io.t4rec.nn.block;

import io.t4rec.tensor.Generator;

/**
 * A block that is still to be made: the width it takes is that of what comes before it. {@link Blocks} has the usual ones; implement
 * this for your own.
 *
 * <pre>{@code
 * Block block = Blocks.mlp(128).then(Blocks.dropout(0.1)).then(Blocks.linear(64)).create(32, generator);
 * }</pre>
 */
public interface BlockSpec {
    /** What errors call it, for instance {@code linear(64)}. */
    String name();

    /**
     * Width of what the block gives.
     *
     * @param inputWidth of what it is given, at least 1
     * @throws IllegalArgumentException when it can't take this width
     */
    int outputWidth(int inputWidth);

    /**
     * Makes the block with fresh weights.
     *
     * @throws IllegalArgumentException as {@link #outputWidth}
     */
    Block create(int inputWidth, Generator generator);

    /** This block, then another on what it gives. Errors of the whole name the part that doesn't fit. */
    default BlockSpec then(BlockSpec next) {
        return Chain.of(this, next);
    }
}

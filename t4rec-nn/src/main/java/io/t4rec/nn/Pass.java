package io.t4rec.nn;

import io.t4rec.tensor.Autocast;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one forward pass needs beside its input: whether it trains, its random numbers, and how. Handed through all layers, so that
 * modules hold no state of a pass.
 */
public final class Pass {
    private static final Pass INFERENCE = new Pass(null, DataType.FLOAT32, null, false, List.of());

    private final @Nullable Generator generator;
    private final DataType precision;
    private final @Nullable Recomputation recomputation;
    private final boolean rowGradients;
    private final List<LocalRows> localRows;

    private Pass(
            @Nullable Generator generator,
            DataType precision,
            @Nullable Recomputation recomputation,
            boolean rowGradients,
            List<LocalRows> localRows) {
        this.generator = generator;
        this.precision = precision;
        this.recomputation = recomputation;
        this.rowGradients = rowGradients;
        this.localRows = List.copyOf(localRows);
    }

    /** Evaluation and inference: no dropout, no noise. */
    public static Pass inference() {
        return INFERENCE;
    }

    /** Training with the given source of random numbers; all gradients are dense. */
    public static Pass training(Generator generator) {
        return new Pass(generator, DataType.FLOAT32, null, false, List.of());
    }

    /**
     * The same in mixed precision: matrix products of bodies and of heads over the whole catalogue in a narrower type.
     *
     * @param type FLOAT32 for none, BFLOAT16 or FLOAT16
     */
    public Pass withPrecision(DataType type) {
        return new Pass(generator, type, recomputation, rowGradients, localRows);
    }

    /** The same with gradient checkpointing: bodies keep only what enters and leaves each of their blocks. */
    public Pass withRecomputation() {
        return new Pass(
                generator,
                precision,
                new Recomputation(Objects.requireNonNull(generator, "generator of training")),
                rowGradients,
                localRows);
    }

    /** The same, leaving the gradient of a table of which few rows are used as {@link Parameter#rowGradient()}. */
    public Pass withRowGradients() {
        return new Pass(generator, precision, recomputation, true, localRows);
    }

    /** Whether the gradient of a table of which few rows are used is left as {@link Parameter#rowGradient()}. */
    public boolean rowGradients() {
        return rowGradients;
    }

    /** The same, in which these rows stand for their tables. */
    public Pass withLocalRows(List<LocalRows> rows) {
        return new Pass(generator, precision, recomputation, rowGradients, rows);
    }

    /** The rows that stand for a table in this pass, or null when the table itself is used. */
    public @Nullable LocalRows localRowsOf(Parameter table) {
        for (LocalRows rows : localRows) {
            if (rows.table() == table) {
                return rows;
            }
        }
        return null;
    }

    /** Source of dropout and noise; null exactly when not training. */
    public @Nullable Generator generator() {
        return generator;
    }

    public boolean isTraining() {
        return generator != null;
    }

    /** Dropout while training, the tensor itself otherwise. */
    public Tensor dropout(Tensor tensor, double probability) {
        return generator == null ? tensor : tensor.dropout(probability, generator);
    }

    /** Type of matrix products. */
    public DataType precision() {
        return precision;
    }

    /** Runs a part of a network in this pass's precision. */
    public Tensor inPrecision(Tensor input, UnaryOperator<Tensor> part) {
        if (precision == DataType.FLOAT32) {
            return part.apply(input);
        }
        try (Autocast narrow = Autocast.to(precision, input.device())) {
            return part.apply(input);
        }
    }

    /**
     * Runs a block of a body: what happens inside is kept for the backward pass, or computed again then.
     *
     * @param block takes the hidden states and gives those of the same shape; what it needs beside must outlive the backward pass
     */
    public Tensor block(Tensor input, UnaryOperator<Tensor> block) {
        return recomputation == null ? block.apply(input) : recomputation.forward(input, in -> inPrecision(in, block));
    }

    /**
     * A tensor made outside of blocks that several of them use, such as a table of positions. A block should use it through one
     * operation: then gradients are summed in the same order whether blocks are computed anew or not.
     */
    public Tensor shared(Tensor tensor) {
        return recomputation == null ? tensor : recomputation.share(tensor);
    }

    /** Says that several blocks use the weights of a part, whose gradients are then summed in the same order either way. */
    public void repeats(Module part) {
        if (recomputation != null) {
            recomputation.repeat(part.parameters().values());
        }
    }

    /** Back-propagates from what this pass gave: once a pass, and before the next one begins. */
    public void backward(Tensor output, Tensor gradient) {
        if (recomputation == null) {
            output.backward(gradient);
        } else {
            recomputation.backward(output, gradient);
        }
    }
}

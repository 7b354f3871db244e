package io.t4rec.nn.layer;

import io.t4rec.nn.LocalRows;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;

/** Rows by id: parameter {@code weight [rows, width]}. Row 0, the padding, starts at zero and gets no gradient. */
public final class Embedding extends Module {
    private final Parameter weight;
    private final long paddingIndex;

    private Embedding(Tensor weight, long paddingIndex) {
        this.weight = parameter("weight", weight);
        this.paddingIndex = paddingIndex;
    }

    /**
     * A table whose row 0 pads.
     *
     * @param deviation of the normal distribution the other rows start from
     */
    public static Embedding padded(long rows, long width, double deviation, Generator generator) {
        Tensor table = Initializers.normal(deviation, generator, rows, width);
        table.narrow(0, 0, 1).fillInPlace(0);
        return new Embedding(table, 0);
    }

    /** A table in which every row is trained, such as positions. */
    public static Embedding plain(long rows, long width, double deviation, Generator generator) {
        return new Embedding(Initializers.normal(deviation, generator, rows, width), -1);
    }

    /**
     * A table that is never trained, such as sinusoids.
     *
     * @param rows {@code [rows, width]}
     */
    public static Embedding fixed(Tensor rows) {
        Embedding table = new Embedding(rows, -1);
        table.weight.freeze();
        return table;
    }

    /** The table itself, {@code [rows, width]}: for output layers tied to it. */
    public Parameter table() {
        return weight;
    }

    /** INT64 ids {@code [...]} to {@code [..., width]}. */
    public Tensor forward(Tensor ids, Pass pass) {
        LocalRows local = pass.localRowsOf(weight);
        return local == null ? weight.value().embedding(ids, paddingIndex) : local.embedding(ids, paddingIndex);
    }

    /**
     * The first {@code length} rows, {@code [length, width]}.
     *
     * @throws IllegalArgumentException when there are fewer
     */
    public Tensor first(long length) {
        return rows(0, length);
    }

    /**
     * {@code length} rows from one on, {@code [length, width]}.
     *
     * @param from rows before it stand for no place in a sequence
     * @throws IllegalArgumentException when there are fewer
     */
    public Tensor rows(long from, long length) {
        long rows = weight.value().size(0) - from;
        if (length > rows) {
            throw new IllegalArgumentException("sequence length: " + length + " (expected: at most " + rows
                    + ", the positions of this model; truncate sequences or build it with a larger totalSeqLength)");
        }
        return weight.value().narrow(0, from, length);
    }
}

package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import org.jspecify.annotations.Nullable;

/** Adds a learned vector for the place in the sequence, after scaling the input where asked: parameter {@code pos_emb.weight [longest, D]}. */
final class LearnedPositions extends Module {
    /** Counted from the oldest item on: a state is the same whatever follows it. */
    static final String FIRST = "first";

    /** Counted back from the newest item, so that it has place 0 in a sequence of any length. */
    static final String LAST = "last";

    private final boolean fromLast;
    private final double scale;
    private final Embedding table;

    /**
     * @param from {@link #FIRST} or {@link #LAST}
     * @param scaled whether the input is multiplied by the square root of its width first
     */
    LearnedPositions(String from, boolean scaled, long longest, long width, double deviation, Generator generator) {
        this.fromLast = from.equals(LAST);
        this.scale = scaled ? Math.sqrt(width) : 1;
        this.table = child("pos_emb", Embedding.plain(longest, width, deviation, generator));
    }

    /** @throws IllegalArgumentException for another name than the two */
    static void check(String from) {
        Checks.oneOf("positions", from, FIRST, LAST);
    }

    /** {@code [B, L, D]} to the same shape. */
    Tensor add(Tensor x, @Nullable Tensor paddingMask, Pass pass) {
        Tensor scaled = scale == 1 ? x : x.mul(scale);
        long length = x.size(1);
        Tensor places = table.first(length); // (L, D)
        if (!fromLast) {
            return scaled.add(places);
        }
        Tensor columns = Tensors.range(0, length).to(x.device()); // (L)
        Tensor after = paddingMask == null
                ? columns.neg().add(length - 1) // (L)
                : paddingMask
                        .to(DataType.INT64)
                        .sum(1, true)
                        .sub(columns)
                        .sub(1)
                        .clamp(0, length - 1); // (B, L)
        return scaled.add(table.forward(after, pass)); // (B, L, D)
    }
}

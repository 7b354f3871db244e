package io.t4rec.nn.transformer;

import io.t4rec.nn.layer.Attention;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Halves sequences and brings them back to their length, for {@link FunnelConfig Funnel}. */
record FunnelPooling(FunnelConfig config) {
    /** What may be pooled of a row: {@code [B, n, 1]} of the mask's {@code [B, L, 1]}; without its last position where asked. */
    @Nullable
    Tensor weights(@Nullable Tensor mask) {
        if (mask == null || config.poolsPadding()) {
            return null;
        }
        long length = mask.size(1);
        long kept = config.pooled(length);
        if (kept == length) {
            return mask;
        }
        Tensor next =
                Tensors.concat(1, mask.narrow(1, 1, kept), mask.narrow(1, 0, 1).mul(0)); // (B, L, 1)
        Tensor third = mask.narrow(1, 2, 1); // (B, 1, 1): a row of two loses none
        return mask.mul(third.mul(next.neg().add(1)).neg().add(1)).narrow(1, 0, kept);
    }

    /** {@code [B, L, D]} to {@code [B, m, D]}, by real positions alone. */
    Tensor states(Tensor x, @Nullable Tensor weights) {
        Tensor kept = x.narrow(1, 0, config.pooled(x.size(1)));
        boolean mean = config.poolingType().equals("mean");
        if (weights == null) {
            return pairs(kept, (a, b) -> mean ? a.add(b).mul(0.5) : a.maximum(b));
        }
        if (mean) {
            Tensor sums = pairs(kept.mul(weights), Tensor::add);
            return sums.div(pairs(weights, Tensor::add).clamp(1, 2));
        }
        Tensor largest = pairs(kept.maskedFill(weights.eq(0), Attention.HIDDEN), Tensor::maximum);
        return largest.mul(pairs(weights, Tensor::maximum));
    }

    /** Which positions are real after pooling: {@code [B, L, 1]} to {@code [B, m, 1]}. */
    @Nullable
    Tensor mask(@Nullable Tensor mask, @Nullable Tensor weights) {
        if (mask == null) {
            return null;
        }
        return weights == null
                ? pairs(mask.narrow(1, 0, config.pooled(mask.size(1))), Tensor::mul)
                : pairs(weights, Tensor::maximum);
    }

    /** Two neighbours to one; the last of an odd number stays, and so does the first where it stands for the sequence. */
    private Tensor pairs(Tensor x, BinaryOperator<Tensor> join) {
        long from = config.separateCls() ? 1 : 0;
        long count = (x.size(1) - from) / 2;
        List<Tensor> parts = new ArrayList<>();
        if (from == 1) {
            parts.add(x.narrow(1, 0, 1));
        }
        if (count > 0) {
            Tensor paired = x.narrow(1, from, 2 * count).unflatten(1, count, 2);
            parts.add(join.apply(paired.select(2, 0), paired.select(2, 1)));
        }
        if (from + 2 * count < x.size(1)) {
            parts.add(x.narrow(1, x.size(1) - 1, 1));
        }
        return parts.size() == 1 ? parts.get(0) : Tensors.concat(1, parts);
    }

    /** From the last block's positions to those of the sequence, {@code [B, m, D]} to {@code [B, L, D]}; left out ones are zero. */
    Tensor spread(Tensor x, long length) {
        long from = config.separateCls() ? 1 : 0;
        int repeats = FunnelConfig.stride(config.blockSizes().size() - 1);
        List<Tensor> parts = new ArrayList<>();
        if (from == 1) {
            parts.add(x.narrow(1, 0, 1));
        }
        long own = x.size(1) - from;
        long reached = Math.min(length - from, own * repeats);
        if (reached > 0) {
            parts.add(x.narrow(1, from, own)
                    .unsqueeze(2)
                    .expand(-1, -1, repeats, -1)
                    .flatten(1, 2)
                    .narrow(1, 0, reached));
        }
        if (from + reached < length) {
            parts.add(Tensors.zeros(x.dataType(), x.size(0), length - from - reached, x.size(2))
                    .to(x.device()));
        }
        return parts.size() == 1 ? parts.get(0) : Tensors.concat(1, parts);
    }
}

package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/** How {@link FunnelConfig Funnel} scores distances between positions of one pass: by sinusoids, dropped out once, for all layers. */
final class FunnelPositions {
    /** Scores by how far apart query and key are. */
    interface Scores {
        /**
         * Scores.
         *
         * @param query {@code [B, H, n, d]}
         * @param kernel {@code [D, H, d]}, maps sinusoids to heads
         * @return {@code [B, H, n, m]}
         */
        Tensor of(Tensor query, Tensor kernel);
    }

    /**
     * By sinusoids of each distance (appendix A.2.1 of the paper).
     *
     * @param distances {@code [R, D]}, falling
     * @param step how many keys a query is ahead of the one before it
     */
    private record Shifted(Tensor distances, int step, long keys) implements Scores {
        @Override
        public Tensor of(Tensor query, Tensor kernel) {
            Tensor vectors = distances
                    .matmul(kernel.flatten(1, 2))
                    .unflatten(1, kernel.size(1), -1)
                    .transpose(0, 1); // (H, R, d)
            return RelativeScores.byKey(RelativeScores.products(query, vectors), keys, step);
        }
    }

    /**
     * By sinusoids of the places of queries and keys, whose sums of angles are distances (appendix A.2.2): phi and pi {@code [n, D]},
     * psi and omega {@code [m, D]}.
     */
    private record Factorized(Tensor phi, Tensor pi, Tensor psi, Tensor omega) implements Scores {
        @Override
        public Tensor of(Tensor query, Tensor kernel) {
            Tensor spread = RelativeScores.products(query, kernel.transpose(0, 1)); // (B, H, n, D)
            return spread.mul(phi)
                    .matmul(psi.transpose(0, 1))
                    .add(spread.mul(pi).matmul(omega.transpose(0, 1)));
        }
    }

    private final FunnelConfig config;
    private final Tensor table;
    private final Tensor dropped;
    private final int reach;

    FunnelPositions(FunnelConfig config, Tensor input, Pass pass) {
        this.config = config;
        boolean places = config.attentionType().equals(FunnelConfig.FACTORIZED);
        int length = (int) input.size(1);
        reach = places ? 0 : length + FunnelConfig.stride(config.blockSizes().size());
        int count = places ? length : 2 * reach + 1;
        int half = config.dModel() / 2;
        float[] values = new float[count * 2 * half];
        for (int i = 0; i < count; i++) {
            for (int f = 0; f < half; f++) {
                // single precision throughout, as in the original
                float frequency = 1 / (float) Math.pow(10_000, (float) f / half);
                float angle = (i - reach) * frequency;
                values[i * 2 * half + f] = (float) Math.sin(angle);
                values[i * 2 * half + half + f] = (float) Math.cos(angle);
            }
        }
        table = Tensors.of(values, count, 2L * half).to(input.device());
        dropped = pass.dropout(table, config.hiddenDropout());
    }

    Device device() {
        return table.device();
    }

    /**
     * Scores of positions of a block.
     *
     * @param queryBlock block of the queries
     * @param keyBlock that of the keys: the same, or the one before
     */
    Scores scores(int queryBlock, long queries, int keyBlock, long keys) {
        if (config.attentionType().equals(FunnelConfig.FACTORIZED)) {
            return factorized(places(queryBlock, queries), places(keyBlock, keys));
        }
        int step = FunnelConfig.stride(queryBlock - keyBlock);
        int unit = FunnelConfig.stride(keyBlock);
        int first = config.separateCls() ? unit - FunnelConfig.stride(queryBlock) : 0; // query 0 less key 0
        int count = (int) (step * (queries - 1) + keys);
        long[] rows = new long[count];
        for (int i = 0; i < count; i++) {
            rows[i] = reach + first + unit * (step * (queries - 1) - i);
        }
        return new Shifted(dropped.indexSelect(0, Tensors.of(rows, count).to(table.device())), step, keys);
    }

    private Scores factorized(Tensor queries, Tensor keys) {
        int half = config.dModel() / 2;
        Tensor query = dropped.indexSelect(0, queries); // (n, D)
        Tensor key = table.indexSelect(0, keys); // (m, D)
        Tensor querySine = query.narrow(1, 0, half);
        Tensor queryCosine = query.narrow(1, half, half);
        Tensor keySine = key.narrow(1, 0, half);
        Tensor keyCosine = key.narrow(1, half, half);
        return new Factorized(
                Tensors.concat(1, querySine, querySine),
                Tensors.concat(1, queryCosine, queryCosine),
                Tensors.concat(1, keyCosine, keySine),
                Tensors.concat(1, keySine.neg(), keyCosine));
    }

    /** Places in the sequence of a block's positions: those of the last of the items they hold. */
    private Tensor places(int block, long count) {
        long[] places = new long[(int) count];
        for (int i = 0; i < count; i++) {
            int place = FunnelConfig.stride(block) * i;
            places[i] = Math.max(0, config.separateCls() ? place + 1 - FunnelConfig.stride(block) : place);
        }
        return Tensors.of(places, count).to(table.device());
    }
}

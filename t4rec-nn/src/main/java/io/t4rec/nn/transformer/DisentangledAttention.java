package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * DeBERTa's attention (He et al. 2021): what a key holds, how far away it is (content to position, {@code c2p}), and how far away
 * the query is from it (position to content, {@code p2c}) are scored apart and summed.
 */
final class DisentangledAttention {
    static final String CONTENT_TO_POSITION = "c2p";
    static final String POSITION_TO_CONTENT = "p2c";

    private DisentangledAttention() {}

    /** @throws IllegalArgumentException for another name than the two, or one that is there twice */
    static void check(List<String> kinds) {
        kinds.forEach(kind -> Checks.oneOf("posAttType", kind, CONTENT_TO_POSITION, POSITION_TO_CONTENT));
        if (new HashSet<>(kinds).size() < kinds.size()) {
            throw new IllegalArgumentException("posAttType: " + kinds + " (expected: each kind once)");
        }
    }

    /**
     * Vectors by distance, for all layers.
     *
     * @param rows {@code [rows, D]}, those of the table of relative positions that are needed
     * @param distances which of them stand for which distance
     */
    record Positions(Tensor rows, Distances distances) {
        /** For one layer. */
        Tensor draw(double dropout, Pass pass) {
            return pass.dropout(rows.narrow(0, 0, distances.rows), dropout);
        }

        /** Projected rows to keys by falling distance: {@code [rows, D]} to {@code [H, 2 L - 1, d]}. */
        Tensor keys(Tensor projected, int heads) {
            return heads(projected.indexSelect(0, distances.falling), heads);
        }

        /** Projected rows to queries by rising distance: {@code [rows, D]} to {@code [H, 2 L - 1, d]}. */
        Tensor queries(Tensor projected, int heads) {
            return heads(projected.indexSelect(0, distances.rising), heads);
        }

        private static Tensor heads(Tensor rows, int heads) {
            return rows.unflatten(-1, heads, -1).transpose(0, 1);
        }
    }

    /**
     * Which row of the table of relative positions stands for which distance; only a slice of the table is touched.
     *
     * @param first first row used
     * @param rows number of rows used
     * @param rising {@code [2 L - 1]}, row within the slice for the distances {@code -(L - 1) .. L - 1} of query less key
     * @param falling the same from the last to the first
     */
    record Distances(long first, long rows, Tensor rising, Tensor falling) {
        /** @param row of the table for a distance */
        static Distances of(Tensor input, IntUnaryOperator row) {
            int length = (int) input.size(1);
            int count = 2 * length - 1;
            int[] used = new int[count];
            Arrays.setAll(used, i -> row.applyAsInt(i - (length - 1)));
            long first = Arrays.stream(used).min().orElseThrow();
            long last = Arrays.stream(used).max().orElseThrow();
            long[] rising = new long[count];
            long[] falling = new long[count];
            for (int i = 0; i < count; i++) {
                rising[i] = used[i] - first;
                falling[count - 1 - i] = rising[i];
            }
            return new Distances(
                    first,
                    last - first + 1,
                    Tensors.of(rising, count).to(input.device()),
                    Tensors.of(falling, count).to(input.device()));
        }

        /** The slice, {@code [rows, D]}. */
        Tensor of(Embedding table) {
            return table.table().value().narrow(0, first, rows);
        }
    }

    /**
     * Pairs that may not be seen, {@code [B, 1, L, L]}, or null. What stands at padding sees nothing either; its weights are then
     * all equal.
     *
     * @param paddingMask {@code [B, L]} or null
     */
    static @Nullable Tensor hidden(@Nullable Tensor paddingMask) {
        return paddingMask == null
                ? null
                : paddingMask.unsqueeze(1).and(paddingMask.unsqueeze(2)).not().unsqueeze(1);
    }

    /**
     * Attends.
     *
     * @param query {@code [B, H, L, d]}
     * @param key {@code [B, H, L, d]}
     * @param value {@code [B, H, L, d]}
     * @param positionKeys {@code [H, 2 L - 1, d]} by falling distance; null without c2p
     * @param positionQueries {@code [H, 2 L - 1, d]} by rising distance; null without p2c
     * @param parts number of summands that the scale allows for
     * @return {@code [B, H, L, d]}
     */
    static Tensor attend(
            Tensor query,
            Tensor key,
            Tensor value,
            @Nullable Tensor positionKeys,
            @Nullable Tensor positionQueries,
            int parts,
            @Nullable Tensor hidden,
            double dropout,
            Pass pass) {
        long length = query.size(2);
        double scale = 1 / Math.sqrt((double) query.size(-1) * parts);
        Tensor scaled = query.mul(scale);
        Tensor scores = scaled.matmul(key.transpose(2, 3)); // (B, H, L, L)
        if (positionKeys != null) {
            scores = scores.add(RelativeScores.byKey(RelativeScores.products(scaled, positionKeys), length, 1));
        }
        if (positionQueries != null) {
            Tensor byQuery = RelativeScores.products(key, positionQueries.mul(scale)); // (B, H, L of keys, 2 L - 1)
            scores = scores.add(RelativeScores.byKey(byQuery, length, 1).transpose(2, 3));
        }
        if (hidden != null) { // filled, since queries of padding see nothing, and then get no gradients
            scores = scores.maskedFill(hidden, Attention.HIDDEN);
        }
        return pass.dropout(scores.softmax(-1), dropout).matmul(value);
    }
}

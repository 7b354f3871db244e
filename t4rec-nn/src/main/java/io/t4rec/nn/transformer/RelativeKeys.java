package io.t4rec.nn.transformer;

import io.t4rec.nn.layer.Embedding;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/**
 * Attention scores by distance: a learned vector for each distance, multiplied with the query (Shaw et al. 2018) and, where asked,
 * with the key too (Huang et al. 2020).
 */
final class RelativeKeys {
    /** A vector for each place is added to the input instead. */
    static final String ABSOLUTE = "absolute";

    /** Distances meet the query. */
    static final String KEY = "relative_key";

    /** Distances meet the query and the key. */
    static final String KEY_QUERY = "relative_key_query";

    private final Embedding distances;
    private final long longest;
    private final boolean meetKeys;

    /** @param distances {@code [2 longest - 1, d]}, that of distance 0 in the middle */
    RelativeKeys(Embedding distances, EncoderSettings settings) {
        this.distances = distances;
        longest = settings.positions();
        meetKeys = settings.positionType().equals(KEY_QUERY);
    }

    /** A fresh table. */
    static Embedding table(EncoderSettings settings, Generator generator) {
        long headWidth = settings.width() / settings.heads();
        return Embedding.plain(2L * settings.positions() - 1, headWidth, settings.deviation(), generator);
    }

    /** @throws IllegalArgumentException for another name than the three */
    static void check(String positionType) {
        Checks.oneOf("positionEmbeddingType", positionType, ABSOLUTE, KEY, KEY_QUERY);
    }

    /**
     * What is added to the scores.
     *
     * @param query {@code [B, H, L, d]}
     * @param key {@code [B, H, L, d]}
     * @return {@code [B, H, L, L]}, query by key
     */
    Tensor scores(Tensor query, Tensor key) {
        long length = query.size(2);
        Tensor used = distances.rows(longest - length, 2 * length - 1).transpose(0, 1); // (d, 2 L - 1)
        Tensor columns = Tensors.range(0, length).to(query.device());
        // row i, column j: distance i - j, counted from the smallest
        Tensor fromQuery = columns.unsqueeze(1).sub(columns).add(length - 1); // (L, L)
        Tensor scores = pick(query.matmul(used), fromQuery);
        if (!meetKeys) {
            return scores;
        }
        Tensor fromKey = columns.sub(columns.unsqueeze(1)).add(length - 1); // (L, L), key by query
        return scores.add(pick(key.matmul(used), fromKey).transpose(-2, -1));
    }

    private static Tensor pick(Tensor all, Tensor columns) {
        return all.gather(-1, columns.expand(all.size(0), all.size(1), columns.size(0), columns.size(1)));
    }
}

package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attention by locality-sensitive hashing (Kitaev et al. 2020, Hugging Face's {@code LSHSelfAttention}): queries are keys, too, and
 * are sorted by buckets of like directions, in several rounds; in each, a chunk of the sorted positions attends to itself and its
 * neighbours. Rounds are weighed by how much each found. Time and memory grow with the length, but for the sort.
 *
 * <p>Which positions share a chunk depends on all positions of a row. Where that would let later items tell on earlier states, under
 * the causal pattern, {@link ReformerConfig.Hashing#exact} has a position see those of its own bucket alone, a fixed number
 * back in sorted order, which nothing later changes; the first chunk of the sequence is attended to as a whole.
 *
 * <p>Letters: B batch, H heads, L length, d width of a head, R rounds, c chunk, n chunks of a round.
 */
final class LshAttention extends Module implements ReformerAttention {
    /** Score of a position with itself: far below any other that it sees, so that it counts only when there is none. */
    private static final double ITSELF = -1e5;

    private static final double NORM_EPSILON = 1e-6;

    private final ReformerConfig config;
    private final ReformerConfig.Chunks chunks;
    private final LshBuckets buckets;
    private final Linear queryKey;
    private final Linear value;

    /** @param layer its place among the layers, so that each hashes another way */
    LshAttention(ReformerConfig config, int layer, Generator generator) {
        this.config = config;
        this.chunks = config.lsh();
        this.buckets = new LshBuckets(config, layer);
        int joined = config.numAttentionHeads() * config.attentionHeadSize();
        double deviation = config.initializerRange();
        queryKey = child("query_key", Linear.normalWithoutBias(config.hiddenSize(), joined, deviation, generator));
        value = child("value", Linear.normalWithoutBias(config.hiddenSize(), joined, deviation, generator));
    }

    @Override
    public Tensor attend(Tensor x, long[] lengths, boolean causal, Pass pass) {
        long length = x.size(1);
        return length <= chunks.attnChunkLength()
                ? attend(x, lengths, causal, null, pass)
                : attend(x, lengths, causal, buckets.rotations(pass).to(x.device()), pass);
    }

    /**
     * Attends with given hashes.
     *
     * @param rotations of {@link LshBuckets}; null to attend to the whole sequence
     * @return {@code [B, H, L, d]}
     */
    Tensor attend(Tensor x, long[] lengths, boolean causal, @Nullable Tensor rotations, Pass pass) {
        int heads = config.numAttentionHeads();
        Tensor queries = Attention.split(queryKey.forward(x), heads); // (B, H, L, d)
        Tensor values = Attention.split(value.forward(x), heads);
        if (rotations == null) {
            return whole(queries, values, lengths, causal, pass);
        }
        boolean strict = causal && config.hashing().exact();
        Tensor found = sorted(queries, values, lengths, causal, strict, rotations, pass);
        if (!strict) {
            return found;
        }
        long first = chunks.attnChunkLength();
        long[] cut = Arrays.stream(lengths).map(l -> Math.min(l, first)).toArray();
        Tensor start = whole(queries.narrow(2, 0, first), values.narrow(2, 0, first), cut, true, pass);
        return Tensors.concat(2, start, found.narrow(2, first, found.size(2) - first));
    }

    private Tensor whole(Tensor queries, Tensor values, long[] lengths, boolean causal, Pass pass) {
        Tensor places = Tensors.range(0, queries.size(2)).to(queries.device()); // (L)
        return weigh(queries, normalised(queries), values, places, places, null, lengths, causal, pass).context;
    }

    /** Each key of length 1, then scaled for the product of d numbers. */
    private Tensor normalised(Tensor queries) {
        Tensor square = queries.mul(queries).mean(-1, true).add(NORM_EPSILON);
        return queries.div(square.sqrt()).mul(1 / Math.sqrt(config.attentionHeadSize()));
    }

    private Tensor sorted(
            Tensor queries,
            Tensor values,
            long[] lengths,
            boolean causal,
            boolean strict,
            Tensor rotations,
            Pass pass) {
        int rounds = config.hashing().numHashes();
        int size = chunks.attnChunkLength();
        long length = queries.size(2);
        int count = (int) ((length + size - 1) / size);
        long padding = (long) count * size - length;
        LshOrder order = LshOrder.of(buckets.of(queries, rotations, lengths, padding)); // of (B, H, R, n * c)
        ChunkNeighbours neighbours = new ChunkNeighbours(
                lengths,
                size,
                count,
                rounds,
                chunks.numChunksBefore(),
                chunks.numChunksAfter(),
                config.numAttentionHeads(),
                queries.device());
        Tensor own = order.sort(ReformerAttention.lengthened(queries, padding)).unflatten(2, -1, size);
        Tensor sortedValues =
                order.sort(ReformerAttention.lengthened(values, padding)).unflatten(2, -1, size);
        Tensor places = order.places().unflatten(2, -1, size); // (B, H, R * n, c)
        Tensor elsewhere = strict ? elsewhere(order.buckets().unflatten(2, -1, size), neighbours) : null;
        Weighed weighed = weigh(
                own,
                neighbours.around(normalised(own)),
                neighbours.around(sortedValues),
                places,
                neighbours.around(places),
                elsewhere,
                lengths,
                causal,
                pass);
        Tensor contexts = order.unsort(weighed.context.flatten(2, 3)); // (B, H, R, n * c, d)
        if (rounds == 1) {
            return contexts.squeeze(2).narrow(2, 0, length);
        }
        Tensor shares = shares(order.unsort(weighed.found.flatten(2, 3)), 2); // (B, H, R, n * c, 1)
        return contexts.mul(shares).sum(2, false).narrow(2, 0, length); // (B, H, L, d)
    }

    /** Keys of another bucket or farther back in sorted order than chunks are looked back: {@code [B, H, R * n, c, k]}. */
    private Tensor elsewhere(Tensor bucketsInChunks, ChunkNeighbours neighbours) {
        Tensor around = neighbours.around(bucketsInChunks); // (B, H, R * n, k)
        Tensor farther = Tensors.ones(chunks.attnChunkLength(), around.size(-1))
                .to(around.device())
                .lowerTriangle(-1)
                .ne(0); // (c, k)
        return bucketsInChunks.unsqueeze(-1).ne(around.unsqueeze(-2)).or(farther);
    }

    /**
     * What attention gives.
     *
     * @param context {@code [..., q, d]}
     * @param found logarithm of what the weights were divided by, {@code [..., q, 1]}
     */
    private record Weighed(Tensor context, Tensor found) {}

    private Weighed weigh(
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor queryPlaces,
            Tensor keyPlaces,
            @Nullable Tensor elsewhere,
            long[] lengths,
            boolean causal,
            Pass pass) {
        Tensor scores = queries.matmul(keys.transpose(-2, -1)); // (B, H, [R * n,] q, k)
        Tensor hidden = ReformerAttention.hidden(queryPlaces, keyPlaces, lengths, causal, scores.rank());
        hidden = elsewhere == null ? hidden : hidden.or(elsewhere);
        Tensor itself = queryPlaces.unsqueeze(-1).eq(keyPlaces.unsqueeze(-2));
        scores = scores.maskedFill(hidden, HIDDEN).maskedFill(itself, ITSELF);
        Tensor weights = pass.dropout(shares(scores, -1), chunks.attentionProbsDropoutProb());
        return new Weighed(weights.matmul(values), scores.logSumExp(-1, true));
    }

    /**
     * Softmax. The original subtracts the logarithm of the sum, which near -100,000 is a multiple of 1/128 in float32: weights of a
     * position that sees itself alone add up to 1 to within half a percent only.
     */
    private Tensor shares(Tensor scores, int dimension) {
        return config.hashing().exact()
                ? scores.softmax(dimension)
                : scores.sub(scores.logSumExp(dimension, true)).exp();
    }
}

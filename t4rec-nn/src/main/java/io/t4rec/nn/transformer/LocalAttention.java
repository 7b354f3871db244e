package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/**
 * Attention within chunks of a sequence and their neighbours (Kitaev et al. 2020, Hugging Face's {@code LocalSelfAttention}): time and
 * memory grow with the length. A sequence of one chunk is attended to as a whole.
 */
final class LocalAttention extends Module implements ReformerAttention {
    private final ReformerConfig config;
    private final ReformerConfig.Chunks chunks;
    private final Linear query;
    private final Linear key;
    private final Linear value;

    LocalAttention(ReformerConfig config, Generator generator) {
        this.config = config;
        this.chunks = config.local();
        int joined = config.numAttentionHeads() * config.attentionHeadSize();
        double deviation = config.initializerRange();
        query = child("query", Linear.normalWithoutBias(config.hiddenSize(), joined, deviation, generator));
        key = child("key", Linear.normalWithoutBias(config.hiddenSize(), joined, deviation, generator));
        value = child("value", Linear.normalWithoutBias(config.hiddenSize(), joined, deviation, generator));
    }

    @Override
    public Tensor attend(Tensor x, long[] lengths, boolean causal, Pass pass) {
        int heads = config.numAttentionHeads();
        Tensor queries = Attention.split(query.forward(x), heads); // (B, H, L, d)
        Tensor keys = Attention.split(key.forward(x), heads).mul(1 / Math.sqrt(config.attentionHeadSize()));
        Tensor values = Attention.split(value.forward(x), heads);
        long length = x.size(1);
        int size = chunks.attnChunkLength();
        if (length <= size) {
            Tensor places = Tensors.range(0, length).to(x.device()); // (L)
            return weigh(queries, keys, values, places, places, lengths, causal, pass);
        }
        int count = (int) ((length + size - 1) / size);
        long padding = (long) count * size - length;
        ChunkNeighbours neighbours = new ChunkNeighbours(
                lengths, size, count, 1, chunks.numChunksBefore(), chunks.numChunksAfter(), heads, x.device());
        Tensor places = Tensors.range(0, length + padding)
                .to(x.device())
                .unflatten(0, 1, 1, count, size)
                .expand(x.size(0), heads, -1, -1); // (B, H, n, c)
        Tensor context = weigh(
                inChunks(queries, padding),
                neighbours.around(inChunks(keys, padding)),
                neighbours.around(inChunks(values, padding)),
                places,
                neighbours.around(places),
                lengths,
                causal,
                pass);
        return context.flatten(2, 3).narrow(2, 0, length); // (B, H, L, d)
    }

    private Tensor inChunks(Tensor x, long padding) {
        return ReformerAttention.lengthened(x, padding).unflatten(2, -1, chunks.attnChunkLength()); // (B, H, n, c, d)
    }

    /** Places of queries and keys are {@code [..., positions]}. */
    private Tensor weigh(
            Tensor queries,
            Tensor keys,
            Tensor values,
            Tensor queryPlaces,
            Tensor keyPlaces,
            long[] lengths,
            boolean causal,
            Pass pass) {
        Tensor scores = queries.matmul(keys.transpose(-2, -1)); // (B, H, [n,] q, k)
        Tensor hidden = ReformerAttention.hidden(queryPlaces, keyPlaces, lengths, causal, scores.rank());
        Tensor weights = scores.maskedFill(hidden, ReformerAttention.HIDDEN).softmax(-1);
        return pass.dropout(weights, chunks.attentionProbsDropoutProb()).matmul(values);
    }
}

package io.t4rec.nn.transformer;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.nn.layer.Activation;
import io.t4rec.tensor.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reformer (Kitaev et al. 2020), as Hugging Face's {@code ReformerModel}: layers that attend within chunks of neighbours
 * ({@code local}) or of like content ({@code lsh}), two residual streams whose states lie side by side in the output, so that it is
 * twice as wide as the input. Time and memory grow with the length. Sequences of any length are taken as they are; the original
 * wants a multiple of the chunk.
 *
 * @param hiddenSize width D; the output has 2 D
 * @param attnLayers {@code local} or {@code lsh} for each layer, at least one
 * @param numAttentionHeads heads H
 * @param attentionHeadSize width of a head, whatever D
 * @param feedForwardSize width of the feed-forward part
 * @param hiddenAct name of an {@link Activation}
 * @param hiddenDropoutProb dropout on embeddings, on positions, in the feed-forward part and on what a layer adds
 * @param maxPositionEmbeddings longest sequence
 * @param axes grid of the positions; null for a vector for each place
 * @param local chunks of the local layers
 * @param lsh chunks of the hashing layers
 * @param hashing how the hashing layers make buckets
 * @param chunkSizeFeedForward positions that the feed-forward part computes at a time, so that without gradients less memory is
 *     needed; 0 for all
 * @param isDecoder whether the body is causal whatever the task; else it can do both patterns
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 */
public record ReformerConfig(
        int hiddenSize,
        List<String> attnLayers,
        int numAttentionHeads,
        int attentionHeadSize,
        int feedForwardSize,
        String hiddenAct,
        double hiddenDropoutProb,
        int maxPositionEmbeddings,
        @JsonUnwrapped @Nullable Axes axes,
        @JsonUnwrapped(prefix = "local_") Chunks local,
        @JsonUnwrapped(prefix = "lsh_") Chunks lsh,
        @JsonUnwrapped Hashing hashing,
        int chunkSizeFeedForward,
        boolean isDecoder,
        double initializerRange,
        double layerNormEps)
        implements TransformerConfig {
    static final String LOCAL = "local";
    static final String LSH = "lsh";

    /**
     * Positions in a grid.
     *
     * @param axialPosShape rows and columns of the grid
     * @param axialPosEmbdsDim width of a row's and of a column's vector; both add up to D
     * @param axialNormStd deviation of fresh vectors; the original's default is 1
     */
    public record Axes(List<Integer> axialPosShape, List<Integer> axialPosEmbdsDim, double axialNormStd) {
        /** @throws IllegalArgumentException for axes that aren't two, or a size below 1 */
        public Axes {
            axialPosShape = pair("axialPosShape", axialPosShape);
            axialPosEmbdsDim = pair("axialPosEmbdsDim", axialPosEmbdsDim);
            Checks.notNegative("axialNormStd", axialNormStd);
        }

        private static List<Integer> pair(String name, List<Integer> pair) {
            if (pair.size() != 2 || pair.get(0) < 1 || pair.get(1) < 1) {
                throw new IllegalArgumentException(
                        name + ": " + pair + " (expected: two numbers >= 1, of rows and columns)");
            }
            return List.copyOf(pair);
        }

        int rows() {
            return axialPosShape.get(0);
        }

        int columns() {
            return axialPosShape.get(1);
        }

        int rowWidth() {
            return axialPosEmbdsDim.get(0);
        }

        int columnWidth() {
            return axialPosEmbdsDim.get(1);
        }

        private void check(int hiddenSize, int longest) {
            long places = (long) rows() * columns();
            if (places < longest) {
                int enough = (longest + rows() - 1) / rows();
                throw new IllegalArgumentException("axialPosShape: " + axialPosShape + " holds " + places
                        + " positions (expected: at least " + longest + "; [" + rows() + ", " + enough + "] fits)");
            }
            if (rowWidth() + columnWidth() != hiddenSize) {
                throw new IllegalArgumentException("axialPosEmbdsDim: " + axialPosEmbdsDim
                        + " (expected: two widths that add up to " + hiddenSize + "; [" + hiddenSize / 2 + ", "
                        + (hiddenSize - hiddenSize / 2) + "] fits)");
            }
        }
    }

    /**
     * What a chunk attends to.
     *
     * @param attnChunkLength positions of a chunk
     * @param numChunksBefore chunks before it, in a circle
     * @param numChunksAfter chunks after it, in a circle
     * @param attentionProbsDropoutProb dropout on attention weights
     */
    public record Chunks(
            int attnChunkLength, int numChunksBefore, int numChunksAfter, double attentionProbsDropoutProb) {
        /** @throws IllegalArgumentException for a number out of range */
        public Chunks {
            Checks.positive("attnChunkLength", attnChunkLength);
            Checks.notNegative("numChunksBefore", numChunksBefore);
            Checks.notNegative("numChunksAfter", numChunksAfter);
            Checks.probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        }
    }

    /**
     * Hashing.
     *
     * @param numHashes rounds of it, at least 1
     * @param numBuckets even numbers whose product is the number of buckets
     * @param hashSeed of rotations that are the same in all passes and layers; null to draw them anew in each training pass
     * @param exact whether two flaws of the original are mended: later items change which earlier ones share a chunk, though the
     *     pattern is causal; and weights of positions that see themselves alone are rounded to half a percent. False for equality with
     *     it
     */
    public record Hashing(
            int numHashes,
            List<Integer> numBuckets,
            @Nullable Long hashSeed,
            boolean exact) {
        /** @throws IllegalArgumentException for no round, no buckets or an odd number of them */
        public Hashing {
            Checks.positive("numHashes", numHashes);
            numBuckets = List.copyOf(numBuckets);
            if (numBuckets.isEmpty() || numBuckets.stream().anyMatch(count -> count < 2 || count % 2 != 0)) {
                throw new IllegalArgumentException(
                        "numBuckets: " + numBuckets + " (expected: even numbers, each axis has two ends)");
            }
        }

        /** The original's number: about twice as many as chunks, a power of two, in two factors when there are many. */
        static List<Integer> buckets(int longest, int chunk) {
            int chunks = longest / chunk;
            int power = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(2 * chunks) - 1);
            int limit = 2 * Math.max((int) Math.sqrt(chunks), chunk);
            return 1 << power > limit ? List.of(1 << power / 2, 1 << (power - power / 2)) : List.of(1 << power);
        }
    }

    /**
     * @throws IllegalArgumentException for a size below 1, an unknown kind of layer or activation, or a grid that doesn't hold the
     *     longest sequence
     */
    public ReformerConfig {
        Checks.positive("hiddenSize", hiddenSize);
        Checks.positive("numAttentionHeads", numAttentionHeads);
        Checks.positive("attentionHeadSize", attentionHeadSize);
        Checks.positive("feedForwardSize", feedForwardSize);
        Checks.positive("maxPositionEmbeddings", maxPositionEmbeddings);
        Checks.probability("hiddenDropoutProb", hiddenDropoutProb);
        Checks.notNegative("chunkSizeFeedForward", chunkSizeFeedForward);
        Activation.of(hiddenAct);
        attnLayers = List.copyOf(attnLayers);
        Checks.positive("attnLayers, their number", attnLayers.size());
        attnLayers.forEach(kind -> Checks.oneOf("attnLayers", kind, LOCAL, LSH));
        if (axes != null) {
            axes.check(hiddenSize, maxPositionEmbeddings);
        }
    }

    /**
     * What is Reformer's alone. Null leaves a choice to {@link #build}.
     *
     * @param attentionHeadSize width of a head; null for the original's, dModel
     * @param attnLayers kinds of the layers; null for {@code local} and {@code lsh} in turns
     * @param numHashes rounds of hashing
     * @param numBuckets of a round, even; null for about twice as many as chunks
     * @param hashSeed see {@link Hashing}
     * @param localAttnChunkLength positions of a chunk of local layers
     * @param lshAttnChunkLength positions of a chunk of hashing layers
     * @param axialPosShapeFirstDim rows of the grid of positions, which gets the columns it needs
     * @param axialPosShape rows and columns; null to follow from the former
     * @param axialPosEmbdsDim widths of their vectors; null for two halves
     * @param axialNormStd deviation of fresh positions; null for that of the other weights. The original's 1 drowns embeddings of
     *     items, which are some 20 times smaller, so that the model learns slowly
     * @param chunkSizeFeedForward see {@link ReformerConfig}
     */
    public record Options(
            @Nullable Integer attentionHeadSize,
            @Nullable List<String> attnLayers,
            int numHashes,
            @Nullable Integer numBuckets,
            @Nullable Long hashSeed,
            int localAttnChunkLength,
            int lshAttnChunkLength,
            int axialPosShapeFirstDim,
            @Nullable List<Integer> axialPosShape,
            @Nullable List<Integer> axialPosEmbdsDim,
            @Nullable Double axialNormStd,
            int chunkSizeFeedForward) {
        /** @throws IllegalArgumentException for a number out of range */
        public Options {
            Checks.positive("axialPosShapeFirstDim", axialPosShapeFirstDim);
            Checks.positive("localAttnChunkLength", localAttnChunkLength);
            Checks.positive("lshAttnChunkLength", lshAttnChunkLength);
        }

        /** The original's but for {@code axialNormStd}. */
        public static Options defaults() {
            return new Options(null, null, 1, null, null, 64, 64, 4, null, null, null, 0);
        }
    }

    /**
     * As T4RecConfig builds it, with {@code nLayer} layers (the original has one instead of two) and the dropout in all places. The
     * grid gets as many columns as the longest sequence needs, where the original fails unless 4 divides it. Hashing is
     * {@link Hashing#exact exact}.
     */
    public static ReformerConfig build(BuildArguments arguments, Options options) {
        int width = arguments.dModel();
        int longest = arguments.positions();
        List<String> layers = options.attnLayers == null ? inTurns(arguments.nLayer()) : options.attnLayers;
        if (layers.size() != arguments.nLayer()) {
            throw new IllegalArgumentException(
                    "attnLayers: " + layers + " (expected: one for each of " + arguments.nLayer() + " layers)");
        }
        List<Integer> buckets = options.numBuckets == null
                ? Hashing.buckets(longest, options.lshAttnChunkLength)
                : List.of(options.numBuckets);
        return new ReformerConfig(
                width,
                layers,
                arguments.nHead(),
                options.attentionHeadSize == null ? width : options.attentionHeadSize,
                arguments.inner(),
                arguments.hiddenAct(),
                arguments.dropout(),
                longest,
                axes(arguments, options),
                new Chunks(options.localAttnChunkLength, 1, 0, arguments.dropout()),
                new Chunks(options.lshAttnChunkLength, 1, 0, arguments.dropout()),
                new Hashing(options.numHashes, buckets, options.hashSeed, true),
                options.chunkSizeFeedForward,
                false,
                arguments.initializerRange(),
                arguments.layerNormEps());
    }

    private static List<String> inTurns(int layers) {
        return IntStream.range(0, layers)
                .mapToObj(i -> i % 2 == 0 ? LOCAL : LSH)
                .toList();
    }

    private static Axes axes(BuildArguments arguments, Options options) {
        int width = arguments.dModel();
        int longest = arguments.positions();
        int rows = options.axialPosShapeFirstDim;
        List<Integer> shape =
                options.axialPosShape == null ? List.of(rows, (longest + rows - 1) / rows) : options.axialPosShape;
        List<Integer> widths =
                options.axialPosEmbdsDim == null ? List.of(width / 2, width - width / 2) : options.axialPosEmbdsDim;
        double deviation = options.axialNormStd == null ? arguments.initializerRange() : options.axialNormStd;
        return new Axes(shape, widths, deviation);
    }

    /**
     * From a Hugging Face {@code config.json}. Without {@code num_buckets} it follows from the longest sequence; the original takes
     * the length of the first one that it sees. Hashing has the original's flaws unless a key {@code exact}
     * says otherwise, see {@link Hashing}.
     */
    public static ReformerConfig fromHuggingFace(JsonNode json) {
        HuggingFaceConfig config = new HuggingFaceConfig(json, "reformer");
        int longest = config.integer("max_position_embeddings", 4096);
        int chunk = config.integer("lsh_attn_chunk_length", 64);
        List<String> layers = new ArrayList<>();
        json.path("attn_layers").forEach(kind -> layers.add(kind.asText()));
        List<Integer> buckets = numbers(json, "num_buckets", Hashing.buckets(longest, chunk));
        return new ReformerConfig(
                config.integer("hidden_size", 256),
                layers.isEmpty() ? inTurns(6) : layers,
                config.integer("num_attention_heads", 12),
                config.integer("attention_head_size", 64),
                config.integer("feed_forward_size", 512),
                config.text("hidden_act", "relu"),
                config.real("hidden_dropout_prob", 0.05),
                longest,
                config.flag("axial_pos_embds", true) ? axes(json, config) : null,
                new Chunks(
                        config.integer("local_attn_chunk_length", 64),
                        config.integer("local_num_chunks_before", 1),
                        config.integer("local_num_chunks_after", 0),
                        config.real("local_attention_probs_dropout_prob", 0.05)),
                new Chunks(
                        chunk,
                        config.integer("lsh_num_chunks_before", 1),
                        config.integer("lsh_num_chunks_after", 0),
                        config.real("lsh_attention_probs_dropout_prob", 0)),
                new Hashing(
                        config.integer("num_hashes", 1),
                        buckets,
                        json.hasNonNull("hash_seed") ? json.get("hash_seed").asLong() : null,
                        config.flag("exact", false)),
                config.integer("chunk_size_feed_forward", 0),
                config.flag("is_decoder", false),
                config.real("initializer_range", 0.02),
                config.real("layer_norm_eps", 1e-12));
    }

    private static Axes axes(JsonNode json, HuggingFaceConfig config) {
        return new Axes(
                numbers(json, "axial_pos_shape", List.of(64, 64)),
                numbers(json, "axial_pos_embds_dim", List.of(64, 192)),
                config.real("axial_norm_std", 1));
    }

    private static List<Integer> numbers(JsonNode json, String name, List<Integer> missing) {
        JsonNode found = json.path(name);
        List<Integer> numbers = new ArrayList<>();
        found.forEach(number -> numbers.add(number.asInt()));
        return found.isArray() ? numbers : json.hasNonNull(name) ? List.of(found.asInt()) : missing;
    }

    /** Whether positions lie in a grid. */
    @JsonProperty
    boolean axialPosEmbds() {
        return axes != null;
    }

    @Override
    public String modelType() {
        return "reformer";
    }

    @Override
    public TransformerBody create(Generator generator) {
        return new ReformerBody(this, generator);
    }
}

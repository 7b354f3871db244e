package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Objects;

/**
 * Buckets of vectors of like direction (Andoni et al. 2015): a vector is rotated at random, and the axis it comes nearest to, seen
 * from either end, is its bucket. Several numbers of buckets multiply.
 */
final class LshBuckets {
    /** Of inference without a seed of its own: equal requests get equal answers. */
    private static final long INFERENCE_SEED = 0x5EED;

    private final ReformerConfig config;
    private final ReformerConfig.Hashing hashing;
    private final int layer;

    LshBuckets(ReformerConfig config, int layer) {
        this.config = config;
        this.hashing = config.hashing();
        this.layer = layer;
    }

    /**
     * Random rotations: those of the configuration's seed, the same for all layers as in the original; else drawn anew in each
     * training pass, and always the same at inference.
     *
     * @return {@code [H, d, R, axes]}
     */
    Tensor rotations(Pass pass) {
        Generator training = pass.generator();
        if (hashing.hashSeed() == null && training != null) {
            return rotations(training);
        }
        return rotations(new Generator(hashing.hashSeed() == null ? INFERENCE_SEED + layer : hashing.hashSeed()));
    }

    private Tensor rotations(Generator generator) {
        int axes = hashing.numBuckets().stream().mapToInt(count -> count / 2).sum();
        return Tensors.zeros(config.numAttentionHeads(), config.attentionHeadSize(), hashing.numHashes(), axes)
                .normalInPlace(0, 1, generator);
    }

    /**
     * The bucket of each vector; padding has one of its own after all others.
     *
     * @param vectors {@code [B, H, L, d]}
     * @param rotations {@code [H, d, R, axes]}
     * @param lengths real positions of each row
     * @param added padding to be added
     * @return INT64 {@code [B, H, R, L + added]}
     */
    Tensor of(Tensor vectors, Tensor rotations, long[] lengths, long added) {
        try (Autograd off = Autograd.disabled()) {
            Tensor rotated = vectors.detach()
                    .matmul(rotations.flatten(2, 3).to(vectors.dataType()))
                    .unflatten(-1, hashing.numHashes(), -1)
                    .permute(0, 1, 3, 2, 4); // (B, H, R, L, axes)
            Tensor padded = ReformerAttention.lengthened(combined(rotated).transpose(2, 3), added)
                    .transpose(2, 3); // (B, H, R, L + added)
            Tensor ends = Tensors.of(lengths, lengths.length, 1, 1, 1).to(vectors.device());
            Tensor places = Tensors.range(0, padded.size(3)).to(vectors.device());
            long all = hashing.numBuckets().stream().mapToLong(count -> count).reduce(1, (a, b) -> a * b);
            return padded.maskedFill(places.ge(ends), all);
        }
    }

    private Tensor combined(Tensor rotated) {
        Tensor bucket = null;
        long from = 0;
        long product = 1;
        for (int count : hashing.numBuckets()) {
            Tensor part = rotated.narrow(-1, from, count / 2);
            Tensor nearest = Tensors.concat(-1, part, part.neg()).argMax(-1); // (B, H, R, L)
            bucket = bucket == null ? nearest : bucket.add(nearest.mul(product));
            from += count / 2;
            product *= count;
        }
        return Objects.requireNonNull(bucket, "numBuckets is never empty");
    }
}

package io.t4rec.nn.sampling;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The samplers by name. */
public enum SamplerKind {
    /** {@link UniformSampler}. */
    UNIFORM,
    /** {@link LogUniformSampler}. */
    LOG_UNIFORM,
    /** {@link PopularitySampler}. */
    POPULARITY,
    /** {@link InBatchSampler}. */
    IN_BATCH,
    /** {@link CachedSampler}. */
    CACHED;

    /** The name in settings, such as {@code log-uniform}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it needs to know how often items occur. */
    public boolean needsFrequencies() {
        return this == POPULARITY || this == IN_BATCH || this == CACHED;
    }

    /** Whether it draws from the whole catalogue, so that the number of negatives must not exceed it. */
    public boolean drawsFromCatalogue() {
        return this == UNIFORM || this == LOG_UNIFORM || this == POPULARITY;
    }

    /** @throws IllegalArgumentException for an unknown name, listing the known ones */
    public static SamplerKind of(String name) {
        for (SamplerKind kind : values()) {
            if (kind.label().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "sampler: " + name + " (expected: one of " + labels(List.of(values())) + ")");
    }

    /** The names of several. */
    public static List<String> labels(List<SamplerKind> kinds) {
        return kinds.stream().map(SamplerKind::label).toList();
    }

    static void check(long negatives, long items) {
        if (negatives < 1 || negatives > items) {
            throw new IllegalArgumentException("negatives: " + negatives + " (expected: 1 to " + items
                    + ", the items of the catalogue without special ids)");
        }
    }

    /** Sorts and drops repetitions. */
    static long[] distinct(long[] ids) {
        return Arrays.stream(ids).sorted().distinct().toArray();
    }

    /**
     * Logarithm of the probability that something of probability {@code p} happens at least once in {@code draws}. What is never drawn, a
     * special id, gives 0: as a target its score stays as it is.
     */
    static double logAtLeastOnce(double p, double draws) {
        return p == 0 ? 0 : Math.log(-Math.expm1(draws * Math.log1p(-Math.min(p, 1 - 1e-15))));
    }
}

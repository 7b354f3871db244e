package io.t4rec.nn.sampling;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Negatives out of items that were targets, which come as often as they occur in the data. */
record TargetPool(ItemFrequencies frequencies, int negatives) {
    TargetPool {
        if (negatives < 1) {
            throw new IllegalArgumentException("negatives: " + negatives + " (expected: >= 1)");
        }
    }

    Negatives draw(long[] targets, RandomGenerator random) {
        long[] different = SamplerKind.distinct(Arrays.stream(targets)
                .filter(target -> target >= frequencies.firstItem())
                .toArray());
        long[] kept = different;
        if (different.length > negatives) {
            kept = DistinctDraws.of(different.length, negatives, random);
            for (int i = 0; i < kept.length; i++) {
                kept[i] = different[(int) kept[i]];
            }
        }
        double share = kept.length == different.length ? 0 : Math.log((double) kept.length / different.length);
        return new Negatives(kept, item -> share + SamplerKind.logAtLeastOnce(frequencies.share(item), targets.length));
    }
}

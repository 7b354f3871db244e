package io.t4rec.model;

import io.t4rec.model.ranking.SimilarItems;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which items may be similar, and how that is measured.
 *
 * @param measure cosine by default
 * @param allow raw item ids that alone may come; null for all
 * @param deny raw item ids that are left out
 */
public record SimilarOptions(
        SimilarItems.Measure measure, @Nullable Set<Object> allow, Set<Object> deny) {
    /** @throws NullPointerException when {@code measure} or {@code deny} is null */
    public SimilarOptions {
        Objects.requireNonNull(measure, "measure");
        Objects.requireNonNull(deny, "deny");
    }

    /** All items, by cosine. */
    public static SimilarOptions defaults() {
        return new SimilarOptions(SimilarItems.Measure.COSINE, null, Set.of());
    }
}

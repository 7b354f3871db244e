package io.t4rec.model;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be recommended.
 *
 * @param excludeSeen whether items of the session are left out
 * @param allow raw item ids that alone may be recommended; null for all
 * @param deny raw item ids that are left out
 */
public record RecommendOptions(
        boolean excludeSeen, @Nullable Set<Object> allow, Set<Object> deny) {
    /** @throws NullPointerException when {@code deny} is null */
    public RecommendOptions {
        Objects.requireNonNull(deny, "deny");
    }

    /** Everything may be recommended. */
    public static RecommendOptions defaults() {
        return new RecommendOptions(false, null, Set.of());
    }

    /** Items of the session are left out. */
    public static RecommendOptions unseen() {
        return new RecommendOptions(true, null, Set.of());
    }
}

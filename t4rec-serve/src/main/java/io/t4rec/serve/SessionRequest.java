package io.t4rec.serve;

import static java.util.Objects.requireNonNull;

import io.t4rec.data.Table;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session to continue.
 *
 * @param events raw events, oldest first, at least one; columns as {@link RankingModel#inputs()} says
 * @param k how many items are wanted, at least 1; a model with fewer candidates answers with fewer
 * @param excludeSeen whether items of the session itself are left out
 * @param allow the only raw items (Long or String) that may come back; null for all
 * @param deny raw items that must not come back
 */
public record SessionRequest(
        Table events, int k, boolean excludeSeen, @Nullable Set<Object> allow, Set<Object> deny) {
    public SessionRequest {
        requireNonNull(events, "events");
        if (events.rowCount() < 1) {
            throw new IllegalArgumentException("events: 0 (expected: at least 1)");
        }
        if (k < 1) {
            throw new IllegalArgumentException("k: " + k + " (expected: >= 1)");
        }
        allow = allow == null ? null : Set.copyOf(allow);
        deny = Set.copyOf(deny);
    }
}

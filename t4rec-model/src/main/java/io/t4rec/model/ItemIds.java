package io.t4rec.model;

import io.t4rec.etl.Vocabulary;
import io.t4rec.model.ranking.ItemFilter;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Raw item ids as the model's ids, and back. */
final class ItemIds {
    private static final int[] NOTHING = new int[0];

    private final Vocabulary items;

    ItemIds(Vocabulary items) {
        this.items = items;
    }

    /** Id of a raw value; null and values never seen give a special id, which isn't recommended anyway. */
    int id(@Nullable Object raw) {
        return (int) items.id(raw);
    }

    int[] ids(Collection<?> raw) {
        return raw.stream().mapToInt(this::id).toArray();
    }

    /** Raw value of an id; null for the special ids. */
    @Nullable
    Object raw(int id) {
        return items.value(id);
    }

    /** @param allow raw ids that alone may come; null for all */
    ItemFilter filter(@Nullable Set<Object> allow, int[] deny) {
        return ItemFilter.of(allow == null ? null : ids(allow), deny);
    }

    /** Filters of one call: sessions of a request share their options, whose lists are looked up once. */
    final class Filters {
        private final IdentityHashMap<RecommendOptions, ItemFilter> known = new IdentityHashMap<>();

        /** @param seen ids of the session's items */
        ItemFilter of(RecommendOptions options, Set<Integer> seen) {
            if (!options.excludeSeen()) {
                return known.computeIfAbsent(options, missing -> filter(missing, NOTHING));
            }
            return filter(options, seen.stream().mapToInt(Integer::intValue).toArray());
        }

        private ItemFilter filter(RecommendOptions options, int[] seen) {
            Set<Object> allow = options.allow();
            if (allow == null && options.deny().isEmpty() && seen.length == 0) {
                return ItemFilter.none();
            }
            return ItemIds.this.filter(
                    allow,
                    IntStream.concat(IntStream.of(ids(options.deny())), IntStream.of(seen))
                            .toArray());
        }
    }
}

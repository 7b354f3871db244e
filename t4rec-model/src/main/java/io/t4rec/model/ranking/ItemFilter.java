package io.t4rec.model.ranking;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which ids may be recommended for one query. Ids outside the catalogue are harmless. Immutable. */
public final class ItemFilter {
    private static final ItemFilter NONE = new ItemFilter(null, new int[0]);

    private final int @Nullable [] allow;
    private final int[] deny;

    private ItemFilter(int @Nullable [] allow, int[] deny) {
        this.allow = allow;
        this.deny = deny;
    }

    /** Every item may be recommended. */
    public static ItemFilter none() {
        return NONE;
    }

    /**
     * A filter by ids, in any order.
     *
     * @param allow ids that alone may be recommended; null for all
     * @param deny ids that may not, also where they are allowed
     */
    public static ItemFilter of(int @Nullable [] allow, int[] deny) {
        return new ItemFilter(allow == null ? null : ordered(allow), ordered(deny));
    }

    private static int[] ordered(int[] ids) {
        return Arrays.stream(ids).sorted().distinct().toArray();
    }

    /** Rising, without doubles; null for all. */
    int @Nullable [] allow() {
        return allow;
    }

    /** Rising, without doubles. */
    int[] deny() {
        return deny;
    }

    boolean permits(int id) {
        return (deny.length == 0 || Arrays.binarySearch(deny, id) < 0)
                && (allow == null || Arrays.binarySearch(allow, id) >= 0);
    }
}

package io.t4rec.model.ranking;

/** Counts the items ahead of one target, block by block. */
final class TargetRank {
    private final int target;
    private final float own;
    private final ItemFilter filter;
    private int ahead;

    /** @param filter which others compete */
    TargetRank(int target, float own, ItemFilter filter) {
        this.target = target;
        this.own = own;
        this.filter = filter;
    }

    /**
     * Counts consecutive items.
     *
     * @param scores those from {@code offset} on belong to the items
     */
    void count(int firstId, float[] scores, int offset, int items) {
        if (filter.allow() != null) {
            for (int i = 0; i < items; i++) {
                ahead += isAhead(firstId + i, scores[offset + i]) && filter.permits(firstId + i) ? 1 : 0;
            }
            return;
        }
        int before = Math.max(0, Math.min(items, target - firstId)); // items of lower ids win ties
        int count = 0;
        for (int i = offset; i < offset + before; i++) {
            count += scores[i] >= own ? 1 : 0;
        }
        for (int i = Math.max(offset + before, offset + target - firstId + 1); i < offset + items; i++) {
            count += scores[i] > own ? 1 : 0;
        }
        for (int id : filter.deny()) {
            if (id >= firstId && id < firstId + items && isAhead(id, scores[offset + id - firstId])) {
                count--;
            }
        }
        ahead += count;
    }

    private boolean isAhead(int id, float score) {
        return id != target && (score > own || (score == own && id < target));
    }

    /** From 1; {@link ItemRanker#LAST} when the target's score is no number, with which nothing compares. */
    int rank() {
        return Float.isNaN(own) ? ItemRanker.LAST : ahead + 1;
    }
}

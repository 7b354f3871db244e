package io.t4rec.model.ranking;

/**
 * The best items for one query, best first; equal scores by rising id.
 *
 * @param ids of the items
 * @param scores finite, one an item
 */
public record RankedItems(int[] ids, float[] scores) {
    /** Nothing may be recommended. */
    static final RankedItems EMPTY = new RankedItems(new int[0], new float[0]);

    /** @throws IllegalArgumentException when ids and scores differ in number */
    public RankedItems {
        if (ids.length != scores.length) {
            throw new IllegalArgumentException(
                    "scores: " + scores.length + " (expected: " + ids.length + ", one an item)");
        }
    }

    /** Number of items. */
    public int size() {
        return ids.length;
    }
}

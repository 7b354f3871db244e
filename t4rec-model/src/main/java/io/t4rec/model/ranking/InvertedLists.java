package io.t4rec.model.ranking;

import java.util.Arrays;

/** The items of each centroid of each split, by rising id: four bytes an item and split. */
final class InvertedLists {
    private final int[][] ids; // [split][items, sorted by centroid]
    private final int[][] begins; // [split][centroids + 1]

    /** @param firstItem ids below it are left out */
    InvertedLists(ItemCodes items, int firstItem) {
        int splits = items.splits();
        byte[] codes = items.codes();
        this.ids = new int[splits][items.itemCount() - firstItem];
        this.begins = new int[splits][items.centroidCount() + 1];
        for (int split = 0; split < splits; split++) {
            int[] begin = begins[split];
            for (int id = firstItem; id < items.itemCount(); id++) {
                begin[(codes[id * splits + split] & 0xFF) + 1]++;
            }
            Arrays.parallelPrefix(begin, Integer::sum);
            int[] at = begin.clone();
            for (int id = firstItem; id < items.itemCount(); id++) {
                ids[split][at[codes[id * splits + split] & 0xFF]++] = id;
            }
        }
    }

    int begin(int split, int centroid) {
        return begins[split][centroid];
    }

    int end(int split, int centroid) {
        return begins[split][centroid + 1];
    }

    int size(int split, int centroid) {
        return end(split, centroid) - begin(split, centroid);
    }

    int id(int split, int at) {
        return ids[split][at];
    }
}

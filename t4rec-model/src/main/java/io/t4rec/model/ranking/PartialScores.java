package io.t4rec.model.ranking;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What each centroid contributes to the score of its items, for one query. Sums go from the first split to the last, always. */
final class PartialScores {
    private static final int SPLITS_UNROLLED = 8;
    private static final VarHandle EIGHT_CODES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int splits;
    private final int centroids;
    private final byte[] codes;
    private final float[] partial; // [splits, centroids]

    /**
     * @param queries holds the query
     * @param at where it begins
     */
    PartialScores(ItemCodes items, float[] queries, int at) {
        this.splits = items.splits();
        this.centroids = items.centroidCount();
        this.codes = items.codes();
        this.partial = new float[splits * centroids];
        int part = items.width() / splits;
        if (queries.length < at + items.width()) {
            throw new IllegalArgumentException(
                    "query: " + (queries.length - at) + " numbers (expected: " + items.width() + ")");
        }
        for (int i = 0; i < partial.length; i++) {
            int from = at + i / centroids * part;
            float sum = 0;
            for (int j = 0; j < part; j++) {
                sum += queries[from + j] * items.centroids()[i * part + j];
            }
            partial[i] = sum;
        }
    }

    boolean isFinite() {
        for (float score : partial) {
            if (!Float.isFinite(score)) {
                return false;
            }
        }
        return true;
    }

    /** Score of one item. */
    float of(int id) {
        float sum = 0;
        for (int split = 0; split < splits; split++) {
            sum += partial[split * centroids + (codes[id * splits + split] & 0xFF)];
        }
        return sum;
    }

    /** Scores of consecutive items. */
    void fill(int firstId, float[] scores, int count) {
        if (splits == SPLITS_UNROLLED) {
            fillEight(firstId, scores, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            scores[i] = of(firstId + i);
        }
    }

    /** The usual number of splits: one read for all codes of an item, and no inner loop. */
    private void fillEight(int firstId, float[] scores, int count) {
        float[] p = partial;
        int n = centroids;
        for (int i = 0; i < count; i++) {
            long eight = (long) EIGHT_CODES.get(codes, (firstId + i) * SPLITS_UNROLLED);
            float sum = 0f + p[(int) eight & 0xFF];
            sum += p[n + ((int) (eight >>> 8) & 0xFF)];
            sum += p[2 * n + ((int) (eight >>> 16) & 0xFF)];
            sum += p[3 * n + ((int) (eight >>> 24) & 0xFF)];
            sum += p[4 * n + ((int) (eight >>> 32) & 0xFF)];
            sum += p[5 * n + ((int) (eight >>> 40) & 0xFF)];
            sum += p[6 * n + ((int) (eight >>> 48) & 0xFF)];
            sum += p[7 * n + (int) (eight >>> 56)];
            scores[i] = sum;
        }
    }

    /** The centroids of each split by falling partial score, equal ones by rising number. */
    int[][] order() {
        int[][] order = new int[splits][];
        long[] keys = new long[centroids];
        for (int split = 0; split < splits; split++) {
            for (int c = 0; c < centroids; c++) {
                int bits = Float.floatToIntBits(-partial[split * centroids + c]);
                keys[c] = (long) (bits ^ (bits >> 31 & Integer.MAX_VALUE)) << 32 | c;
            }
            Arrays.sort(keys);
            order[split] = Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
        }
        return order;
    }

    /**
     * The most that an item can score whose centroids are all still to come. Rounding keeps order and the sum is made as an item's
     * is, so no such item scores higher.
     */
    float bound(int[][] order, int[] next) {
        float sum = 0;
        for (int split = 0; split < splits; split++) {
            sum += partial[split * centroids + order[split][next[split]]];
        }
        return sum;
    }

    /** The split whose next centroid scores highest; of equal ones the first. */
    int mostPromising(int[][] order, int[] next) {
        int best = 0;
        float most = Float.NEGATIVE_INFINITY;
        for (int split = 0; split < splits; split++) {
            float score = partial[split * centroids + order[split][next[split]]];
            if (score > most) {
                most = score;
                best = split;
            }
        }
        return best;
    }
}

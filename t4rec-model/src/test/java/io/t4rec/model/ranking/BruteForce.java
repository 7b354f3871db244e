package io.t4rec.model.ranking;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The answer that rankers must give, by sorting everything; and random cases to ask it about. */
final class BruteForce {
    private BruteForce() {}

    static RankedItems top(float[] scores, int firstItem, ItemFilter filter, int k) {
        int[] ids = IntStream.range(firstItem, scores.length)
                .filter(id -> Float.isFinite(scores[id]) && filter.permits(id))
                .boxed()
                .sorted((a, b) -> scores[a] == scores[b] ? a - b : scores[a] > scores[b] ? -1 : 1)
                .limit(k)
                .mapToInt(Integer::intValue)
                .toArray();
        float[] best = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            best[i] = scores[ids[i]];
        }
        return new RankedItems(ids, best);
    }

    /** Filters of every kind, some with ids that are no items. */
    static ItemFilter filter(int items, SplittableRandom random) {
        int[] allow = random.nextInt(3) == 0 ? ids(items, random.nextInt(items + 1), random) : null;
        return random.nextInt(4) == 0 && allow == null
                ? ItemFilter.none()
                : ItemFilter.of(allow, ids(items, random.nextInt(6), random));
    }

    private static int[] ids(int items, int count, SplittableRandom random) {
        return IntStream.generate(() -> random.nextInt(items + 5)).limit(count).toArray();
    }

    /** Whole numbers, so that sums are exact in any order and ties are frequent. */
    static float[] wholeNumbers(int count, int bound, SplittableRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(-bound, bound + 1);
        }
        return values;
    }

    /** Scores of all items as a sum of products; an item's own factor, when given, comes last. */
    static float[] scores(float[] table, float[] query, float @Nullable [] scale) {
        int width = query.length;
        float[] scores = new float[table.length / width];
        for (int id = 0; id < scores.length; id++) {
            float sum = 0;
            for (int i = 0; i < width; i++) {
                sum += table[id * width + i] * query[i];
            }
            scores[id] = scale == null ? sum : sum * scale[id];
        }
        return scores;
    }
}

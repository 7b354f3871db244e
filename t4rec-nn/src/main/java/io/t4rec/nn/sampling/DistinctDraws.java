package io.t4rec.nn.sampling;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Numbers drawn without repetition, all sets of them equally likely. */
final class DistinctDraws {
    private DistinctDraws() {}

    /**
     * Draws from {@code 0 .. bound - 1} in time that depends on the count alone.
     *
     * @param count at most {@code bound}
     * @return rising
     */
    static long[] of(long bound, int count, RandomGenerator random) {
        if (2L * count <= bound) {
            return sparse(bound, count, random);
        }
        // more than half: draw those that are left out
        long[] out = sparse(bound, (int) (bound - count), random);
        long[] kept = new long[count];
        int next = 0;
        int at = 0;
        for (long number = 0; number < bound; number++) {
            if (next < out.length && out[next] == number) {
                next++;
            } else {
                kept[at++] = number;
            }
        }
        return kept;
    }

    /** Draws anew what came before, which happens to less than half of the draws. */
    private static long[] sparse(long bound, int count, RandomGenerator random) {
        long[] numbers = new long[count];
        int mask = Integer.highestOneBit(Math.max(1, count)) * 4 - 1;
        long[] slots = new long[mask + 1];
        Arrays.fill(slots, -1);
        for (int i = 0; i < count; ) {
            long number = random.nextLong(bound);
            int slot = (int) (number * 0x9E3779B97F4A7C15L >>> 32) & mask;
            while (slots[slot] >= 0 && slots[slot] != number) {
                slot = (slot + 1) & mask;
            }
            if (slots[slot] < 0) {
                slots[slot] = number;
                numbers[i++] = number;
            }
        }
        Arrays.sort(numbers);
        return numbers;
    }
}

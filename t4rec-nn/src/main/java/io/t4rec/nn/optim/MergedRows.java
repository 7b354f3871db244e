package io.t4rec.nn.optim;

import io.t4rec.nn.RowGradient;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows that any replica has a gradient for. Which replica adds first is fixed, so sums don't depend on scheduling.
 *
 * @param rows {@code [u]} INT64, rising and without repetition
 * @param sums {@code [u, d]}, to be filled part by part
 * @param sources in the order in which they are added
 */
record MergedRows(Tensor rows, Tensor sums, List<Source> sources) {
    /**
     * One replica's gradient.
     *
     * @param places for each of its rows the place among the merged ones, rising
     * @param placesTensor the same, {@code [n]}
     * @param values {@code [n, d]}
     */
    private record Source(long[] places, Tensor placesTensor, Tensor values) {}

    /** Merges rows; sums come later. Call inside a scope that lasts for the step. */
    static MergedRows of(List<RowGradient> gradients) {
        RowGradient only = gradients.get(0);
        if (gradients.size() == 1) {
            return new MergedRows(only.rows(), only.values(), List.of());
        }
        List<long[]> all =
                gradients.stream().map(gradient -> gradient.rows().toLongs()).toList();
        long[] union = union(all);
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < gradients.size(); i++) {
            long[] places = places(all.get(i), union);
            Tensor values = gradients.get(i).values();
            sources.add(new Source(places, Tensors.of(places).to(values.device()), values));
        }
        Tensor rows = Tensors.of(union).to(only.rows().device());
        Tensor sums = Tensors.empty(
                only.values().dataType(), union.length, only.values().size(1));
        return new MergedRows(rows, sums.to(only.values().device()), sources);
    }

    private static long[] union(List<long[]> all) {
        long[] joined = all.stream().flatMapToLong(Arrays::stream).toArray();
        Arrays.sort(joined); // a few rising runs, which the JDK merges
        int count = 0;
        for (int i = 0; i < joined.length; i++) {
            if (i == 0 || joined[i] != joined[i - 1]) {
                joined[count++] = joined[i];
            }
        }
        return Arrays.copyOf(joined, count);
    }

    private static long[] places(long[] rows, long[] union) {
        long[] places = new long[rows.length];
        int place = 0;
        for (int i = 0; i < rows.length; i++) {
            while (union[place] != rows[i]) {
                place++;
            }
            places[i] = place;
        }
        return places;
    }

    long count() {
        return rows.size(0);
    }

    /** Sums the gradients of some rows, which lie side by side here: {@code [count, d]}, a view. */
    Tensor sum(long from, long count) {
        Tensor sum = summed(from, count);
        if (!sources.isEmpty()) {
            sum.fillInPlace(0);
        }
        for (Source source : sources) {
            int first = lowerBound(source.places, from);
            int end = lowerBound(source.places, from + count);
            if (first < end) {
                Tensor places =
                        source.placesTensor.narrow(0, first, end - first).sub(from);
                sum.indexAddInPlace(0, places, source.values.narrow(0, first, end - first));
            }
        }
        return sum;
    }

    /** What {@link #sum} gave, once more. */
    Tensor summed(long from, long count) {
        return sums.narrow(0, from, count);
    }

    private static int lowerBound(long[] rising, long value) {
        int found = Arrays.binarySearch(rising, value);
        return found >= 0 ? found : -found - 1;
    }
}

package io.t4rec.model.ranking;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Map;
import java.util.Objects;

/**
 * Product-quantised items (Jégou et al. 2011; for recommendation, RecJPQ of Petrov and Macdonald 2024): a vector is cut into splits,
 * and each part stands for the nearest of a few centroids. An item takes one byte a split.
 *
 * @param splits parts M of a vector; divides the width
 * @param width of item vectors
 * @param centroidCount centroids C of each split, 1 to 256
 * @param codes {@code [items, M]}, a centroid's number as unsigned byte
 * @param centroids {@code [M, C, width / M]}
 */
public record ItemCodes(int splits, int width, int centroidCount, byte[] codes, float[] centroids) {
    /** Most centroids of a split: as many as a byte can name. */
    public static final int MAX_CENTROIDS = 256;

    private static final String CODES = "codes";
    private static final String CENTROIDS = "centroids";

    /** @throws IllegalArgumentException when sizes don't fit together or a code names no centroid */
    public ItemCodes {
        check("splits", splits, splits >= 1 && width >= splits && width % splits == 0, "a divisor of width " + width);
        check("centroids", centroidCount, centroidCount >= 1 && centroidCount <= MAX_CENTROIDS, "1 to 256");
        check("codes", codes.length, codes.length > 0 && codes.length % splits == 0, "a multiple of " + splits);
        int expected = centroidCount * width;
        check("centroid values", centroids.length, centroids.length == expected, String.valueOf(expected));
        for (byte code : codes) {
            check("code", code & 0xFF, (code & 0xFF) < centroidCount, "below " + centroidCount);
        }
    }

    private static void check(String name, int value, boolean fits, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** Number of items, ids below the first item included. */
    public int itemCount() {
        return codes.length / splits;
    }

    /** Bytes that a search over all items reads. */
    public long bytes() {
        return codes.length + 4L * centroids.length;
    }

    /** As named tensors of the innermost scope: {@code codes} UINT8 and {@code centroids} FLOAT32. */
    public Map<String, Tensor> tensors() {
        return Map.of(
                CODES, Tensors.ofBytes(codes, DataType.UINT8, itemCount(), splits),
                CENTROIDS, Tensors.of(centroids, splits, centroidCount, width / splits));
    }

    /**
     * From what {@link #tensors} gave.
     *
     * @throws IllegalArgumentException when a tensor is missing or sizes don't fit
     */
    public static ItemCodes of(Map<String, Tensor> tensors) {
        Tensor codes = tensors.get(CODES);
        Tensor centroids = tensors.get(CENTROIDS);
        if (codes == null || centroids == null || codes.rank() != 2 || centroids.rank() != 3) {
            throw new IllegalArgumentException("item codes: " + tensors
                    + " (expected: codes [items, splits], centroids [splits, centroids, width / splits])");
        }
        int splits = Math.toIntExact(codes.size(1));
        return new ItemCodes(
                splits,
                Math.toIntExact(splits * centroids.size(2)),
                Math.toIntExact(centroids.size(1)),
                codes.toBytes(),
                centroids.toFloats());
    }

    /** The vector that stands for an item, {@code [width]}. */
    float[] vector(int id) {
        Objects.checkIndex(id, itemCount());
        int part = width / splits;
        float[] vector = new float[width];
        for (int split = 0; split < splits; split++) {
            int centroid = split * centroidCount + (codes[id * splits + split] & 0xFF);
            System.arraycopy(centroids, centroid * part, vector, split * part, part);
        }
        return vector;
    }
}

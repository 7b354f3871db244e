package io.t4rec.model.ranking;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Lloyd's k-means on short vectors. Starts from distinct points drawn at random; a centroid that loses all its points moves to the
 * point that is worst served. Same points and random numbers, same result.
 */
final class KMeans {
    private static final int MAX_ROUNDS = 25;

    private final int width;
    private final int count;
    private final float[] transposed; // [width, count]: the inner loops run over centroids
    private final float[] halfNorms;

    private KMeans(int width, int count) {
        this.width = width;
        this.count = count;
        this.transposed = new float[width * count];
        this.halfNorms = new float[count];
    }

    /**
     * Finds centroids.
     *
     * @param points {@code [n, width]}, n at least {@code count}
     */
    static KMeans fit(float[] points, int width, int count, SplittableRandom random) {
        KMeans means = new KMeans(width, count);
        int n = points.length / width;
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(n - i);
            int picked = order[other];
            order[other] = order[i];
            means.move(i, points, picked * width);
        }
        int[] nearest = new int[n];
        Arrays.fill(nearest, -1);
        for (int round = 0; round < MAX_ROUNDS && means.assign(points, nearest); round++) {
            means.update(points, nearest);
        }
        return means;
    }

    private void move(int centroid, float[] values, int at) {
        float norm = 0;
        for (int j = 0; j < width; j++) {
            transposed[j * count + centroid] = values[at + j];
            norm += values[at + j] * values[at + j];
        }
        halfNorms[centroid] = norm / 2;
    }

    /** Whether any point changed its centroid. */
    private boolean assign(float[] points, int[] nearest) {
        boolean changed = false;
        float[] distances = new float[count];
        for (int i = 0; i < nearest.length; i++) {
            int best = nearest(points, i * width, distances);
            changed |= best != nearest[i];
            nearest[i] = best;
        }
        return changed;
    }

    /**
     * The centroid next to a point; of equal ones the first.
     *
     * @param distances scratch: half the squared distance, less half the point's own norm
     */
    int nearest(float[] points, int at, float[] distances) {
        System.arraycopy(halfNorms, 0, distances, 0, count);
        for (int j = 0; j < width; j++) {
            float x = points[at + j];
            int row = j * count;
            for (int c = 0; c < count; c++) {
                distances[c] -= x * transposed[row + c];
            }
        }
        int best = 0;
        for (int c = 1; c < count; c++) {
            if (distances[c] < distances[best]) {
                best = c;
            }
        }
        return best;
    }

    private void update(float[] points, int[] nearest) {
        double[] sums = new double[count * width];
        int[] sizes = new int[count];
        for (int i = 0; i < nearest.length; i++) {
            sizes[nearest[i]]++;
            for (int j = 0; j < width; j++) {
                sums[nearest[i] * width + j] += points[i * width + j];
            }
        }
        float[] mean = new float[width];
        for (int c = 0; c < count; c++) {
            if (sizes[c] > 0) {
                for (int j = 0; j < width; j++) {
                    mean[j] = (float) (sums[c * width + j] / sizes[c]);
                }
                move(c, mean, 0);
            } else {
                int worst = worstServed(points, nearest);
                move(c, points, worst * width);
                nearest[worst] = c;
            }
        }
    }

    private int worstServed(float[] points, int[] nearest) {
        int worst = 0;
        double most = -1;
        for (int i = 0; i < nearest.length; i++) {
            double distance = 0;
            for (int j = 0; j < width; j++) {
                double difference = points[i * width + j] - transposed[j * count + nearest[i]];
                distance += difference * difference;
            }
            if (distance > most) {
                most = distance;
                worst = i;
            }
        }
        return worst;
    }

    /** Writes the centroids as {@code [count, width]}. */
    void copyTo(float[] target, int at) {
        for (int c = 0; c < count; c++) {
            for (int j = 0; j < width; j++) {
                target[at + c * width + j] = transposed[j * count + c];
            }
        }
    }
}

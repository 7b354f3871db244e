package io.t4rec.spark;

/** Mean and deviation of numbers that come in parts; by the parallel algorithm of Chan, Golub and LeVeque. */
final class RunningMoments {
    private long count;
    private double mean;
    private double squares;

    /** @param variance of the part, divided by its count */
    void add(long partCount, double partMean, double variance) {
        double total = (double) count + partCount;
        double difference = partMean - mean;
        mean += difference * partCount / total;
        squares += variance * partCount + difference * difference * count * partCount / total;
        count += partCount;
    }

    long count() {
        return count;
    }

    /** 0 where there is no number. */
    double mean() {
        return mean;
    }

    /** Of the sample, n - 1; 0 where there are fewer than two numbers. */
    double deviation() {
        return count < 2 ? 0 : Math.sqrt(squares / (count - 1));
    }
}

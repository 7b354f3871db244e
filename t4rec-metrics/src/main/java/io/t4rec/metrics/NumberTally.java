package io.t4rec.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Metrics of predicted numbers: mean squared error, its root, mean absolute error. Keeps 8 bytes a case. */
public final class NumberTally implements Tally {
    private final Cases errors = new Cases();
    private double squares;
    private double distances;

    /**
     * Takes one case.
     *
     * @throws IllegalArgumentException for a prediction or target that is not a number
     */
    public void add(double prediction, double target) {
        double error = prediction - target;
        if (Double.isNaN(error)) {
            throw new IllegalArgumentException(
                    "case " + cases() + ": predicted " + prediction + " for " + target + " (expected: numbers)");
        }
        add(error);
    }

    private void add(double error) {
        errors.add(error);
        squares += error * error;
        distances += Math.abs(error);
    }

    @Override
    public long cases() {
        return errors.count();
    }

    @Override
    public Tally resampled(RandomGenerator random) {
        NumberTally resampled = new NumberTally();
        for (int i = 0; i < errors.count(); i++) {
            resampled.add(errors.get(random.nextInt(errors.count())));
        }
        return resampled;
    }

    @Override
    public Map<TaskMetric, Double> metrics() {
        double mse = cases() == 0 ? Double.NaN : squares / cases();
        Map<TaskMetric, Double> metrics = new LinkedHashMap<>();
        metrics.put(TaskMetric.MSE, mse);
        metrics.put(TaskMetric.RMSE, Math.sqrt(mse));
        metrics.put(TaskMetric.MAE, cases() == 0 ? Double.NaN : distances / cases());
        return metrics;
    }
}

package io.t4rec.bench;

import io.t4rec.train.TrainingListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes the time of training steps. */
final class StepClock implements TrainingListener {
    private final int warmUp;
    private final List<Long> times = new ArrayList<>();

    /** @param warmUp first steps that don't count */
    StepClock(int warmUp) {
        this.warmUp = warmUp;
    }

    @Override
    public void onStep(Step step) {
        times.add(System.nanoTime());
    }

    /** Median of the steps' seconds. */
    double median() {
        double[] seconds = new double[times.size() - 1 - warmUp];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = (times.get(i + warmUp + 1) - times.get(i + warmUp)) / 1e9;
        }
        Arrays.sort(seconds);
        return seconds[seconds.length / 2];
    }
}

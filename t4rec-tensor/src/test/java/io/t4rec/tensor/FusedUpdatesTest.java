package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FusedUpdatesTest {
    private static final int SIZE = 1_003; // no multiple of a vector register's width
    private static final double RATE = 0.01;

    private final SplittableRandom random = new SplittableRandom(3);
    private final double[] value = draw(1);
    private final double[] first = new double[SIZE];
    private final double[] second = new double[SIZE];

    private double[] draw(double scale) {
        double[] drawn = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            drawn[i] = scale * (2 * random.nextDouble() - 1);
        }
        return drawn;
    }

    @ParameterizedTest
    @CsvSource({
        "adam,0,1",
        "adam,0.1,1",
        "adam,0.1,4",
        "adamw,0.1,1",
        "adamw,0.1,4",
        "sgd,0,1",
        "sgd,0.1,4",
        "momentum,0.1,1",
        "momentum,0,4",
        "adagrad,0,1",
        "adagrad,0.1,4"
    })
    void equalsThePlainFormula(String kind, double decay, double divisor) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor values = floats(value);
            Tensor firsts = floats(first);
            Tensor seconds = floats(second);
            for (int number = 1; number <= 5; number++) {
                double[] gradient = draw(divisor);
                step(
                        kind,
                        new FusedUpdates.Step(number, RATE, decay, divisor),
                        values,
                        floats(gradient),
                        firsts,
                        seconds);
                for (int i = 0; i < SIZE; i++) {
                    formula(kind, number, decay, i, gradient[i] / divisor);
                }
            }
            double[] actual = values.toDoubles();
            for (int i = 0; i < SIZE; i++) {
                assertThat(actual[i]).isCloseTo(value[i], within(1e-6));
            }
        }
    }

    private static Tensor floats(double[] values) {
        return Tensors.of(values).to(DataType.FLOAT32);
    }

    private static void step(
            String kind, FusedUpdates.Step step, Tensor values, Tensor gradient, Tensor first, Tensor second) {
        List<Tensor> v = List.of(values);
        List<Tensor> g = List.of(gradient);
        switch (kind) {
            case "sgd" -> FusedUpdates.sgd(step, 0, v, g, List.of());
            case "momentum" -> FusedUpdates.sgd(step, 0.9, v, g, List.of(first));
            case "adagrad" -> FusedUpdates.adagrad(step, 1e-3, v, g, List.of(second));
            default ->
                FusedUpdates.adam(step, kind.equals("adamw"), 0.9, 0.99, 1e-3, v, g, List.of(first), List.of(second));
        }
    }

    private void formula(String kind, int number, double decay, int i, double g) {
        if (kind.equals("adamw")) {
            value[i] *= 1 - RATE * decay;
        } else {
            g += decay * value[i];
        }
        switch (kind) {
            case "sgd" -> value[i] -= RATE * g;
            case "momentum" -> {
                first[i] = 0.9 * first[i] + g;
                value[i] -= RATE * first[i];
            }
            case "adagrad" -> {
                second[i] += g * g;
                value[i] -= RATE * g / (Math.sqrt(second[i]) + 1e-3);
            }
            default -> {
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.99 * second[i] + 0.01 * g * g;
                double m = first[i] / (1 - Math.pow(0.9, number));
                double v = second[i] / (1 - Math.pow(0.99, number));
                value[i] -= RATE * m / (Math.sqrt(v) + 1e-3);
            }
        }
    }
}

package io.t4rec.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizerTest {
    private static final double RATE = 0.05;

    private static final class Weights extends Module {
        final Parameter weight = parameter("weight", Tensors.of(new float[] {1, -2, 0.5f}));
    }

    @ParameterizedTest
    @CsvSource({
        "ADAMW,0.1,0.9,0.99",
        "ADAM,0,0.9,0.999",
        "ADAM,0.1,0.8,0.9",
        "SGD,0,0,0",
        "SGD,0.1,0.9,0",
        "ADAGRAD,0.01,0,0"
    })
    void followsTheFormulaOverTwentySteps(OptimizerConfig.Kind kind, double decay, double beta1, double beta2) {
        OptimizerConfig config = new OptimizerConfig(kind, decay, beta1, beta2, 1e-8);
        Weights weights = new Weights();
        Optimizer optimizer = new Optimizer(config, weights.parameters());
        double[] expected = {1, -2, 0.5};
        double[] first = new double[3];
        double[] second = new double[3];
        for (int step = 1; step <= 20; step++) {
            take(weights, optimizer);
            for (int i = 0; i < 3; i++) {
                double g = gradientOf(expected[i]);
                if (kind == OptimizerConfig.Kind.ADAMW) {
                    expected[i] *= 1 - RATE * decay;
                } else {
                    g += decay * expected[i];
                }
                switch (kind) {
                    case ADAM, ADAMW -> {
                        first[i] = beta1 * first[i] + (1 - beta1) * g;
                        second[i] = beta2 * second[i] + (1 - beta2) * g * g;
                        double m = first[i] / (1 - Math.pow(beta1, step));
                        double v = second[i] / (1 - Math.pow(beta2, step));
                        expected[i] -= RATE * m / (Math.sqrt(v) + 1e-8);
                    }
                    case SGD -> {
                        first[i] = beta1 * first[i] + g;
                        expected[i] -= RATE * first[i];
                    }
                    default -> {
                        second[i] += g * g;
                        expected[i] -= RATE * g / (Math.sqrt(second[i]) + 1e-8);
                    }
                }
            }
        }
        float[] actual = weights.weight.value().toFloats();
        for (int i = 0; i < 3; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-5));
        }
    }

    @Test
    void dividesScaledGradients() {
        Weights plain = new Weights();
        Weights scaled = new Weights();
        Optimizer one = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.SGD), plain.parameters());
        Optimizer two = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.SGD), scaled.parameters());
        for (double clipNorm : new double[] {0, 0.5}) {
            plain.weight.denseGradient().copyFrom(Tensors.of(new float[] {1, 2, -3}));
            scaled.weight.denseGradient().copyFrom(Tensors.of(new float[] {1024, 2048, -3072}));
            one.step(RATE, clipNorm, Parallel.sequential());
            assertThat(two.step(RATE, clipNorm, 1024, Parallel.sequential())).isTrue();
            assertThat(scaled.weight.value().toFloats())
                    .containsExactly(plain.weight.value().toFloats(), within(1e-6f));
        }
    }

    @Test
    void leavesOutAStepWhoseScaledGradientsAreNoNumbers() {
        Weights weights = new Weights();
        Optimizer optimizer = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAM), weights.parameters());
        float[] before = weights.weight.value().toFloats();
        weights.weight.denseGradient().copyFrom(Tensors.of(new float[] {1, Float.POSITIVE_INFINITY, 0}));
        assertThat(optimizer.step(RATE, 0, 1024, Parallel.sequential())).isFalse();
        assertThat(weights.weight.value().toFloats()).containsExactly(before);
        assertThat(weights.weight.denseGradient().toFloats()).containsOnly(0);
        assertThat(optimizer.steps()).isZero();
        weights.weight.denseGradient().copyFrom(Tensors.of(new float[] {1024, 0, 0}));
        assertThat(optimizer.step(RATE, 0, 1024, Parallel.sequential())).isTrue();
        assertThat(weights.weight.value().toFloats()[0]).isCloseTo((float) (before[0] - RATE), within(1e-5f));
    }

    @Test
    void continuesBitByBitFromItsState() {
        Weights straight = new Weights();
        Optimizer one = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAMW), straight.parameters());
        Weights resumed = new Weights();
        Optimizer two = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAMW), resumed.parameters());
        for (int step = 0; step < 5; step++) {
            take(straight, one);
            take(resumed, two);
        }
        Optimizer three = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAMW), resumed.parameters());
        Map<String, Tensor> saved = new LinkedHashMap<>();
        two.state().forEach((name, tensor) -> saved.put(name, tensor.copy()));
        three.load(two.steps(), saved);
        for (int step = 0; step < 5; step++) {
            take(straight, one);
            take(resumed, three);
        }
        assertThat(resumed.weight.value().toFloats())
                .containsExactly(straight.weight.value().toFloats());
    }

    @Test
    void leavesFrozenWeightsAlone() {
        Weights weights = new Weights();
        weights.weight.freeze();
        Optimizer optimizer = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.SGD), weights.parameters());
        optimizer.step(1);
        assertThat(weights.weight.value().toFloats()).containsExactly(1, -2, 0.5f);
    }

    @Test
    void clipsTheNormOfAllGradientsTogether() {
        try (Scope scope = Scope.open()) {
            Weights weights = new Weights();
            Optimizer descent = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.SGD), weights.parameters());
            weights.weight.value().setGradient(Tensors.of(new float[] {3, 0, 4}));
            descent.step(1, 1, Parallel.sequential());
            assertThat(weights.weight.value().toFloats())
                    .as("a gradient of norm 5 shortened to 1")
                    .containsExactly(new float[] {0.4f, -2, -0.3f}, within(1e-5f));
            weights.weight.value().setGradient(Tensors.of(new float[] {0.3f, 0, 0.4f}));
            descent.step(1, 1, Parallel.sequential());
            assertThat(weights.weight.value().toFloats())
                    .as("a short one as it is")
                    .containsExactly(new float[] {0.1f, -2, -0.7f}, within(1e-5f));
        }
    }

    @Test
    void refusesAStateOfOtherParameters() {
        Weights weights = new Weights();
        Optimizer optimizer = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAM), weights.parameters());
        assertThatThrownBy(() -> optimizer.load(1, Map.of())).hasMessageContaining("first.weight");
    }

    private static void take(Weights weights, Optimizer optimizer) {
        try (Scope scope = Scope.open()) {
            Tensor value = weights.weight.value();
            value.setGradient(null);
            value.pow(2).add(value).sum().backward();
            optimizer.step(RATE);
        }
    }

    private static double gradientOf(double value) {
        return 2 * value + 1;
    }
}

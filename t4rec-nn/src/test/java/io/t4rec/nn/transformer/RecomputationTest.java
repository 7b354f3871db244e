package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradient checkpointing and mixed precision change what a pass costs, not what it means. */
class RecomputationTest {
    private static final int ROWS = 3;
    private static final int LENGTH = 7;

    static Iterable<TransformerConfig> bodies() {
        return BodyPropertiesTest.bodies();
    }

    static Iterable<TransformerConfig> usualBodies() {
        return BodyPropertiesTest.bodies(0.05);
    }

    /** Two passes with one generator, as a worker makes them. */
    private static Map<String, float[]> gradients(TransformerConfig config, boolean recompute, DataType type) {
        TransformerBody body = config.create(new Generator(3));
        Generator random = new Generator(5);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (int i = 0; i < 2; i++) {
            try (Scope scope = Scope.open()) {
                Pass pass = Pass.training(random).withPrecision(type);
                pass = recompute ? pass.withRecomputation() : pass;
                Tensor source = Tensors.zeros(ROWS, LENGTH, body.inputWidth())
                        .normalInPlace(0, 1, new Generator(i))
                        .requireGradient(true);
                Tensor input = source.mul(2); // not a leaf, like embedded sequences
                AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.CAUSAL)
                        ? AttentionPattern.CAUSAL
                        : AttentionPattern.BIDIRECTIONAL;
                Pass used = pass;
                Tensor states = pass.inPrecision(input, in -> body.forward(new BodyInput(in, null, pattern), used))
                        .to(DataType.FLOAT32);
                pass.backward(states, Tensors.ones(ROWS, LENGTH, body.outputWidth()));
                gradients.put(
                        "input " + i,
                        Objects.requireNonNull(source.gradient(), "input").toFloats());
            }
        }
        try (Scope scope = Scope.open()) {
            body.parameters().forEach((name, parameter) -> {
                Tensor gradient = parameter.value().gradient();
                gradients.put(name, gradient == null ? new float[0] : gradient.toFloats());
            });
        }
        body.release();
        return gradients;
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void givesTheSameGradientsToTheLastBit(TransformerConfig config) {
        Map<String, float[]> kept = gradients(config, false, DataType.FLOAT32);
        gradients(config, true, DataType.FLOAT32)
                .forEach((name, gradient) ->
                        assertThat(gradient).as(config.modelType() + " " + name).containsExactly(kept.get(name)));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void computesTheInsideAnewInThePrecisionOfTheFirstTime(TransformerConfig config) {
        Map<String, float[]> kept = gradients(config, false, DataType.BFLOAT16);
        gradients(config, true, DataType.BFLOAT16)
                .forEach((name, gradient) ->
                        assertThat(gradient).as(config.modelType() + " " + name).containsExactly(kept.get(name)));
    }

    @ParameterizedTest
    @MethodSource("usualBodies")
    void comesCloseInMixedPrecision(TransformerConfig config) {
        Map<String, float[]> wide = gradients(config, false, DataType.FLOAT32);
        Map<String, float[]> narrow = gradients(config, false, DataType.BFLOAT16);
        double difference = 0;
        double size = 0;
        boolean same = true;
        for (Map.Entry<String, float[]> entry : wide.entrySet()) {
            float[] other = narrow.get(entry.getKey());
            for (int i = 0; i < other.length; i++) {
                difference += Math.pow(entry.getValue()[i] - other[i], 2);
                size += Math.pow(entry.getValue()[i], 2);
                same &= entry.getValue()[i] == other[i];
            }
        }
        // a number of the narrow type is good to 0.4 %
        assertThat(Math.sqrt(difference / size)).as(config.modelType()).isLessThan(0.03);
        assertThat(same)
                .as("nothing was computed in another precision")
                .isEqualTo(config.modelType().equals("lstm"));
    }
}

package io.t4rec.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.nn.LocalRows;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.sampling.LogUniformSampler;
import io.t4rec.nn.sampling.Negatives;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Transformers4Rec's log-uniform sampler and sampled softmax. */
class SampledSoftmaxGoldenTest {
    private static final double TEMPERATURE = 0.7;

    private static Map<String, Tensor> golden() throws IOException {
        Path file = Path.of(System.getProperty("t4rec.golden", "../shared/golden"))
                .resolve("t4rec/sampled_softmax.safetensors");
        Assumptions.assumeTrue(Files.exists(file), "no golden vectors at " + file);
        return Safetensors.read(file).tensors();
    }

    private static Tensor get(Map<String, Tensor> golden, String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }

    @Test
    void drawsEachItemWithTheProbabilityOfTheOriginal() throws IOException {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> golden = golden();
            for (String name : new String[] {"a", "b"}) {
                long[] bounds = get(golden, "in." + name + ".max_id_min_id_n").toLongs();
                LogUniformSampler sampler = new LogUniformSampler(bounds[0], bounds[1], 1);
                float[] expected = get(golden, "out." + name + ".probabilities").toFloats();
                float[] inclusion =
                        get(golden, "out." + name + ".inclusion_probabilities").toFloats();
                assertThat(expected).hasSize((int) bounds[0]);
                for (int item = 0; item < expected.length; item++) {
                    double p = sampler.probability(item);
                    assertThat((float) p).as("item " + item).isCloseTo(expected[item], Offset.offset(1e-6f));
                    // the original's form; ours is 1 - (1 - p)^n
                    assertThat((float) (1 - Math.pow(1 + p, -2 * bounds[2])))
                            .isCloseTo(inclusion[item], Offset.offset(1e-5f));
                }
            }
        }
    }

    @Test
    void givesTheLossAndGradientsOfTheOriginal() throws IOException {
        try (Scope scope = Scope.open();
                SampledLoss loss = SampledLoss.softmax(TEMPERATURE, null)) {
            Map<String, Tensor> golden = golden();
            long[] labels = get(golden, "in.labels").toLongs();
            long[] items = get(golden, "in.negatives").toLongs();
            Map<Long, Double> logs = new HashMap<>();
            collect(labels, get(golden, "out.label_inclusion").toFloats(), logs);
            collect(items, get(golden, "out.negative_inclusion").toFloats(), logs);
            // the original divides corrected scores by the temperature, we correct divided ones
            Negatives negatives = new Negatives(items, item -> Objects.requireNonNull(logs.get(item)) / TEMPERATURE);
            Tensor weight = get(golden, "w.output");
            Embedding table = Embedding.plain(weight.size(0), weight.size(1), 1, new Generator(1));
            table.load(Map.of("weight", weight));
            Tensor hidden = get(golden, "in.hidden");

            LocalRows rows = LocalRows.of(table.table(), labels, items);
            ItemLoss.Result result = loss.lossAndGradients(hidden, rows, labels, negatives, labels.length);
            rows.addGradientToTable(false);

            assertThat(result.lossSum() / labels.length)
                    .isCloseTo(get(golden, "out.loss").item(), Offset.offset(1e-5));
            near(result.hiddenGradient(), get(golden, "grad.hidden"));
            near(table.table().denseGradient(), get(golden, "grad.w.output"));
        }
    }

    private static void collect(long[] ids, float[] inclusion, Map<Long, Double> logs) {
        for (int i = 0; i < ids.length; i++) {
            logs.put(ids[i], Math.log(inclusion[i]));
        }
    }

    private static void near(Tensor actual, Tensor expected) {
        assertThat(actual.sub(expected).abs().flatten(0, -1).max(0, false).item())
                .isLessThan(1e-5);
    }
}

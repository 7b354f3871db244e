package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwapNoiseTest {
    private static final int ROWS = 100;
    private static final int COLUMNS = 50;
    private static final int REAL = 40;

    private static SwapNoise noise(double probability) {
        return new SwapNoise(new SwapNoise.Options(probability), new TreeMap<>(), new Generator(1));
    }

    private static SortedMap<String, Tensor> features() {
        long[] ids = new long[ROWS * COLUMNS];
        float[] prices = new float[ROWS * COLUMNS];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i % COLUMNS < REAL ? 1 + i : 0;
            prices[i] = ids[i];
        }
        long[] countries = new long[ROWS];
        for (int row = 0; row < ROWS; row++) {
            countries[row] = 1 + row;
        }
        return new TreeMap<>(Map.of(
                "item_id", Tensors.of(ids, ROWS, COLUMNS),
                "price", Tensors.of(prices, ROWS, COLUMNS),
                "country", Tensors.of(countries)));
    }

    private static Tensor real() {
        boolean[] real = new boolean[ROWS * COLUMNS];
        for (int i = 0; i < real.length; i++) {
            real[i] = i % COLUMNS < REAL;
        }
        return Tensors.of(real, ROWS, COLUMNS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.3, 0.5, 0.7})
    void swapsTheAskedForShareOfRealPositionsWithOthersOfTheColumn(double probability) {
        try (Scope scope = Scope.open()) {
            SortedMap<String, Tensor> noisy =
                    noise(probability).forward(features(), real(), Pass.training(new Generator(3)));
            for (String name : List.of("item_id", "price")) {
                float[] before = features().get(name).toFloats();
                float[] after = noisy.get(name).toFloats();
                int changed = 0;
                for (int i = 0; i < before.length; i++) {
                    assertThat(after[i] == 0).as("padding at " + i).isEqualTo(before[i] == 0);
                    changed += after[i] == before[i] ? 0 : 1;
                }
                assertThat(changed / (double) (ROWS * REAL)).isBetween(probability - 0.04, probability + 0.04);
            }
            long[] countries = noisy.get("country").toLongs();
            assertThat(countries)
                    .hasSize(ROWS)
                    .isNotEqualTo(features().get("country").toLongs());
            for (long country : countries) {
                assertThat(country).isBetween(1L, (long) ROWS);
            }
            assertThat(noisy.get("item_id").toFloats())
                    .as("each column draws for itself")
                    .isNotEqualTo(noisy.get("price").toFloats());
        }
    }

    @Test
    void changesNothingOutsideTraining() {
        try (Scope scope = Scope.open()) {
            SortedMap<String, Tensor> features = features();
            assertThat(noise(0.9).forward(features, real(), Pass.inference())).isSameAs(features);
        }
    }

    @Test
    void repeatsItselfWithTheSameGenerator() {
        try (Scope scope = Scope.open()) {
            Tensor one = noise(0.5)
                    .forward(features(), real(), Pass.training(new Generator(8)))
                    .get("item_id");
            Tensor two = noise(0.5)
                    .forward(features(), real(), Pass.training(new Generator(8)))
                    .get("item_id");
            assertThat(one.contentEquals(two)).isTrue();
        }
    }
}

package io.t4rec.model.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every masking promises, on random ragged batches. */
class MaskingTest {
    private static final int ROUNDS = 500;

    @FunctionalInterface
    private interface Property {
        void holds(long[] items, int[] offsets, SplittableRandom random, String seed);
    }

    private static void forAll(Property property) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int rows = 1 + random.nextInt(6);
            int[] offsets = new int[rows + 1];
            for (int row = 0; row < rows; row++) {
                offsets[row + 1] = offsets[row] + random.nextInt(8);
            }
            long[] items = random.longs(offsets[rows], 1, 50).toArray();
            property.holds(items, offsets, random, "seed " + seed);
        }
    }

    @Test
    void masksAtLeastOneItemAndLeavesAtLeastOneVisible() {
        forAll((items, offsets, random, seed) -> {
            Masking masking = new MaskedMasking(0.01 + 0.98 * random.nextDouble());
            MaskedSequences masked = masking.apply(items, offsets, Mode.TRAIN, random);
            for (int row = 0; row < masked.rows(); row++) {
                int length = offsets[row + 1] - offsets[row];
                long count = count(masked, row);
                assertThat(count).as(seed).isBetween(length < 2 ? 0L : 1L, Math.max(0L, length - 1L));
            }
        });
    }

    @Test
    void maskedTargetsAreTheItemsThatWereReplaced() {
        forAll((items, offsets, random, seed) -> {
            for (Mode mode : new Mode[] {Mode.TRAIN, Mode.EVALUATE_LAST}) {
                MaskedSequences masked = new MaskedMasking(0.3).apply(items, offsets, mode, random);
                int[] replaced = IntStream.range(0, masked.replaced().length)
                        .filter(i -> masked.replaced()[i])
                        .toArray();
                assertThat(masked.positions()).as(seed).isEqualTo(replaced);
                for (int i = 0; i < replaced.length; i++) {
                    int row = replaced[i] / masked.length();
                    assertThat(masked.targets()[i])
                            .as(seed)
                            .isEqualTo(items[offsets[row] + replaced[i] % masked.length()]);
                }
            }
        });
    }

    @Test
    void causalTargetsComeAfterAllThatTheirPositionSees() {
        forAll((items, offsets, random, seed) -> {
            for (Mode mode : new Mode[] {Mode.TRAIN, Mode.EVALUATE_LAST, Mode.EVALUATE_ALL}) {
                MaskedSequences masked = new CausalMasking(random.nextBoolean()).apply(items, offsets, mode, random);
                for (int i = 0; i < masked.positions().length; i++) {
                    int row = masked.positions()[i] / masked.length();
                    int column = masked.positions()[i] % masked.length();
                    assertThat(masked.targets()[i]).as(seed).isEqualTo(items[offsets[row] + column + 1]);
                    assertThat(column).as(seed).isLessThan(masked.lengths()[row]);
                }
                // the last item is in no input, so no position can see a target of the row's last position
                for (int row = 0; row < masked.rows(); row++) {
                    assertThat(masked.lengths()[row])
                            .as(seed)
                            .isEqualTo(Math.max(0, offsets[row + 1] - offsets[row] - 1));
                }
            }
        });
    }

    @Test
    void evaluatesEveryRowOfTwoOrMoreOnce() {
        forAll((items, offsets, random, seed) -> {
            long expected = IntStream.range(0, offsets.length - 1)
                    .filter(row -> offsets[row + 1] - offsets[row] > 1)
                    .count();
            for (Masking masking : new Masking[] {new CausalMasking(false), new MaskedMasking(0.15)}) {
                MaskedSequences masked = masking.apply(items, offsets, Mode.EVALUATE_LAST, random);
                assertThat(masked.positions()).as(seed).hasSize((int) expected);
            }
        });
    }

    @Test
    void positionsRiseAndLieInRealColumns() {
        forAll((items, offsets, random, seed) -> {
            for (Masking masking : new Masking[] {new CausalMasking(false), new MaskedMasking(0.5)}) {
                for (Mode mode : new Mode[] {Mode.TRAIN, Mode.EVALUATE_LAST, Mode.INFER}) {
                    MaskedSequences masked = masking.apply(items, offsets, mode, random);
                    assertThat(Arrays.stream(masked.positions()).boxed().toList())
                            .as(seed)
                            .isSorted();
                    for (int position : masked.positions()) {
                        assertThat(position % masked.length())
                                .as(seed)
                                .isLessThan(masked.lengths()[position / masked.length()]);
                    }
                }
            }
        });
    }

    @Test
    void drawsTheSameForTheSameSeed() {
        long[] items = {5, 6, 7, 8, 9, 5, 6};
        int[] offsets = {0, 4, 7};
        MaskedSequences first = new MaskedMasking(0.4).apply(items, offsets, Mode.TRAIN, new SplittableRandom(3));
        MaskedSequences second = new MaskedMasking(0.4).apply(items, offsets, Mode.TRAIN, new SplittableRandom(3));
        assertThat(second.positions()).isEqualTo(first.positions());
        assertThat(second.replaced()).isEqualTo(first.replaced());
    }

    @Test
    void aMaskedTaskRefusesToEvaluateAllPositionsInOnePass() {
        assertThatThrownBy(() -> new MaskedMasking(0.15)
                        .apply(new long[] {3, 4}, new int[] {0, 2}, Mode.EVALUATE_ALL, new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EVALUATE_LAST on every prefix");
    }

    @Test
    void refusesAProbabilityThatMasksEverything() {
        assertThatThrownBy(() -> new MaskedMasking(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("probability: 1.0 (expected: above 0 and below 1)");
    }

    @Test
    void isReadFromYamlByTheNameOfItsTask() {
        assertThat(ConfigFiles.parseYaml("task: clm\ntrainOnLastItemOnly: true\n", Masking.class))
                .isEqualTo(new CausalMasking(true));
        assertThat(ConfigFiles.parseYaml("task: mlm\nprobability: 0.2\n", Masking.class))
                .isEqualTo(new MaskedMasking(0.2));
        assertThatThrownBy(() -> ConfigFiles.parseYaml("task: mlm\nprobabilty: 0.2\n", Masking.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("did you mean probability?");
    }

    private static long count(MaskedSequences masked, int row) {
        return Arrays.stream(masked.positions())
                .filter(position -> position / masked.length() == row)
                .count();
    }
}

package io.t4rec.model.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void everyTaskTrainsOnOneOfTheItemsOfEachRowOfTwoAndLeavesOneVisible() {
        forAll((items, offsets, random, seed) -> {
            for (Masking masking : tasks(random)) {
                MaskedSequences masked = masking.apply(items, offsets, Mode.TRAIN, random);
                for (int row = 0; row < masked.rows(); row++) {
                    int length = offsets[row + 1] - offsets[row];
                    assertThat(count(masked, row))
                            .as(seed + ", " + masking + ", row of " + length)
                            .isBetween(length < 2 ? 0L : 1L, Math.max(0L, length - 1L));
                }
            }
        });
    }

    @Test
    void targetsAreTheItemsOfTheirPositionsAndNeverPadding() {
        forAll((items, offsets, random, seed) -> {
            for (Masking masking : tasks(random)) {
                for (Mode mode : new Mode[] {Mode.TRAIN, Mode.EVALUATE_LAST}) {
                    MaskedSequences masked = masking.apply(items, offsets, mode, random);
                    int ahead = masking instanceof CausalMasking ? 1 : 0;
                    for (int i = 0; i < masked.positions().length; i++) {
                        int row = masked.positions()[i] / masked.length();
                        int column = masked.positions()[i] % masked.length();
                        assertThat(column).as(seed + ", " + masking).isLessThan(masked.lengths()[row]);
                        assertThat(masked.targets()[i])
                                .as(seed + ", " + masking)
                                .isEqualTo(items[offsets[row] + column + ahead]);
                    }
                }
            }
        });
    }

    @Test
    void targetsOfAPermutationComeOneAfterAnotherAndSeeOnlyWhatIsBefore() {
        forAll((items, offsets, random, seed) -> {
            Masking masking = permutation(random);
            for (Mode mode : new Mode[] {Mode.TRAIN, Mode.EVALUATE_LAST, Mode.INFER}) {
                MaskedSequences masked = masking.apply(items, offsets, mode, random);
                int[] order = masked.order();
                assertThat(order).as(seed).hasSize(masked.rows() * masked.length());
                for (int row = 0; row < masked.rows(); row++) {
                    int start = row * masked.length();
                    int count = (int) count(masked, row);
                    assertThat(Arrays.stream(order, start, start + masked.length())
                                    .filter(place -> place >= 0)
                                    .sorted()
                                    .toArray())
                            .as(seed + ", " + masking + ", row " + row)
                            .isEqualTo(IntStream.range(0, count).toArray());
                }
                for (int position : masked.positions()) {
                    assertThat(order[position]).as(seed).isNotNegative();
                }
            }
        });
    }

    @Test
    void aPermutationOfAllLeavesOneItemOut() {
        forAll((items, offsets, random, seed) -> {
            MaskedSequences masked =
                    new PermutationMasking(1 / 6.0, 5, true, false).apply(items, offsets, Mode.TRAIN, random);
            for (int row = 0; row < masked.rows(); row++) {
                assertThat(count(masked, row)).as(seed).isEqualTo(Math.max(0, offsets[row + 1] - offsets[row] - 1));
            }
            assertThat(masked.hasReplacements())
                    .as(seed + ": they see each other")
                    .isFalse();
        });
    }

    @Test
    void spansAreNoLongerThanAsked() {
        int[] offsets = {0, 600};
        long[] items = new SplittableRandom(4).longs(600, 3, 50).toArray();
        MaskedSequences masked =
                new PermutationMasking(0.2, 3, false, true).apply(items, offsets, Mode.TRAIN, new SplittableRandom(5));
        int run = 0;
        int longest = 0;
        for (boolean flag : masked.replaced()) {
            run = flag ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        assertThat(longest).as("two spans of three may touch").isBetween(3, 6);
        assertThat(masked.positions().length).as("about a fifth of 600").isBetween(90, 150);
    }

    @Test
    void showsOtherEventsOrTheSameAsOftenAsAsked() {
        int[] offsets = {0, 20_000};
        long[] items = new SplittableRandom(4).longs(20_000, 3, 50).toArray();
        MaskedSequences masked =
                new MaskedMasking(0.5, 0.1, 0.3, 1.0).apply(items, offsets, Mode.TRAIN, new SplittableRandom(5));
        int[] sources = masked.sources();
        int masks = 0;
        int others = 0;
        for (int position : masked.positions()) {
            assertThat(masked.targets()).isNotEmpty();
            masks += masked.replaced()[position] ? 1 : 0;
            others += sources[position] != position ? 1 : 0;
        }
        double targets = masked.positions().length;
        assertThat(masks / targets).isCloseTo(0.6, within(0.03));
        assertThat(others / targets).isCloseTo(0.1, within(0.02));
        for (int i = 0; i < sources.length; i++) {
            if (sources[i] != i) {
                assertThat(Arrays.binarySearch(masked.positions(), i))
                        .as("only at targets")
                        .isNotNegative();
            }
        }
    }

    @Test
    void countsLastItemsByTheirWeight() {
        forAll((items, offsets, random, seed) -> {
            MaskedSequences masked = new MaskedMasking(0.5, 0, 0, 5.0).apply(items, offsets, Mode.TRAIN, random);
            int expected = 0;
            for (int position : masked.positions()) {
                int row = position / masked.length();
                expected += position % masked.length() == offsets[row + 1] - offsets[row] - 1 ? 5 : 1;
            }
            assertThat(masked.totalWeight()).as(seed).isEqualTo(expected);
            MaskedSequences even = new MaskedMasking(0.5).apply(items, offsets, Mode.TRAIN, random);
            assertThat(even.totalWeight()).as(seed).isEqualTo(even.positions().length);
        });
    }

    private static Masking permutation(SplittableRandom random) {
        return new PermutationMasking(
                0.05 + 0.9 * random.nextDouble(), 1 + random.nextInt(6), random.nextBoolean(), false);
    }

    private static Masking[] tasks(SplittableRandom random) {
        double share = 0.45 * random.nextDouble();
        return new Masking[] {
            new CausalMasking(random.nextBoolean()),
            new MaskedMasking(0.01 + 0.98 * random.nextDouble(), share, share, 2.0),
            permutation(random),
            new PermutationMasking(0.05 + 0.9 * random.nextDouble(), 1 + random.nextInt(6), false, true),
            ReplacedItemMasking.defaults()
        };
    }

    @Test
    void evaluatesEveryRowOfTwoOrMoreOnce() {
        forAll((items, offsets, random, seed) -> {
            long expected = IntStream.range(0, offsets.length - 1)
                    .filter(row -> offsets[row + 1] - offsets[row] > 1)
                    .count();
            for (Masking masking : tasks(random)) {
                MaskedSequences masked = masking.apply(items, offsets, Mode.EVALUATE_LAST, random);
                assertThat(masked.positions()).as(seed).hasSize((int) expected);
            }
        });
    }

    @Test
    void positionsRiseAndLieInRealColumns() {
        forAll((items, offsets, random, seed) -> {
            for (Masking masking : tasks(random)) {
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
    void drawsAnOrderForASeed() {
        long[] items = {5, 6, 7, 8, 9, 5, 6};
        int[] offsets = {0, 7};
        Masking masking = new PermutationMasking(1 / 6.0, 5, true, false);
        assertThat(order(masking, items, offsets, 3)).isEqualTo(order(masking, items, offsets, 3));
        assertThat(order(masking, items, offsets, 4)).isNotEqualTo(order(masking, items, offsets, 3));
    }

    private static int[] order(Masking masking, long[] items, int[] offsets, long seed) {
        return masking.apply(items, offsets, Mode.TRAIN, new SplittableRandom(seed))
                .order();
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
    void refusesSettingsThatLeaveNothingToLearn() {
        assertThatThrownBy(() -> new MaskedMasking(0.15, 0.6, 0.4, 1.0))
                .hasMessage("randomShare: 0.6 with keptShare 0.4 (expected: neither below 0, together below 1)");
        assertThatThrownBy(() -> new MaskedMasking(0.15, 0, 0, -1.0))
                .hasMessage("lastItemWeight: -1.0 (expected: above 0)");
        assertThatThrownBy(() -> new PermutationMasking(1 / 6.0, 5, true, true))
                .hasMessageContaining("hideTargets: true with permuteAll (expected: one of the two");
        assertThatThrownBy(() -> new PermutationMasking(1.5, 5, false, false))
                .hasMessage("probability: 1.5 (expected: above 0, at most 1)");
        assertThatThrownBy(() -> new PermutationMasking(0.5, -1, false, false))
                .hasMessage("maxSpanLength: -1 (expected: at least 1)");
        assertThatThrownBy(() -> ReplacedItemMasking.defaults().withDiscriminatorWeight(-1))
                .hasMessage("discriminatorWeight: -1.0 (expected: at least 0)");
        assertThatThrownBy(() -> new ReplacedItemMasking(0.15, 1.0, 1.0, -1.0, "softmax", null))
                .hasMessage("temperature: -1.0 (expected: above 0)");
        assertThatThrownBy(() -> new ReplacedItemMasking(0.15, 1.0, 1.0, 1.0, "uniform", null))
                .hasMessage("sampling: uniform (expected: one of [batch, softmax])");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mlm, probability",
                "mlm, lastItemWeight",
                "plm, probability",
                "plm, maxSpanLength",
                "rtd, probability",
                "rtd, generatorWeight",
                "rtd, temperature"
            })
    void refusesZeroWhereItWouldBeNoSetting(String setting) {
        String[] parts = setting.split(", ");
        String yaml = "task: " + parts[0] + "\n" + parts[1] + ": 0";
        assertThatThrownBy(() -> ConfigFiles.parseYaml(yaml, Masking.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(parts[1] + ": 0")
                .hasMessageContaining("(expected: ");
    }

    @Test
    void isReadFromYamlByTheNameOfItsTask() {
        assertThat(ConfigFiles.parseYaml("task: clm\ntrainOnLastItemOnly: true\n", Masking.class))
                .isEqualTo(new CausalMasking(true));
        assertThat(ConfigFiles.parseYaml("task: mlm\nprobability: 0.2\n", Masking.class))
                .isEqualTo(new MaskedMasking(0.2));
        assertThat(ConfigFiles.parseYaml(
                        "task: mlm\nrandomShare: 0.1\nkeptShare: 0.1\nlastItemWeight: 2", Masking.class))
                .isEqualTo(new MaskedMasking(0.15, 0.1, 0.1, 2.0));
        assertThat(ConfigFiles.parseYaml("task: plm", Masking.class)).isEqualTo(PermutationMasking.defaults());
        assertThat(ConfigFiles.parseYaml("task: plm\nmaxSpanLength: 2\nhideTargets: true", Masking.class))
                .isEqualTo(new PermutationMasking(1 / 6.0, 2, false, true));
        assertThat(ConfigFiles.parseYaml("task: rtd", Masking.class)).isEqualTo(ReplacedItemMasking.defaults());
        assertThat(ConfigFiles.parseYaml("task: rtd\ndiscriminatorWeight: 0", Masking.class))
                .isEqualTo(ReplacedItemMasking.defaults().withDiscriminatorWeight(0));
        assertThat(ConfigFiles.parseYaml(
                        "task: rtd\nsampling: batch\ngenerator: {dModel: 8, nHead: 2, nLayer: 1}", Masking.class))
                .isEqualTo(new ReplacedItemMasking(
                        0.15, 1.0, 1.0, 1.0, "batch", new ReplacedItemMasking.GeneratorSize(8, 2, 1)));
        assertThatThrownBy(() -> ConfigFiles.parseYaml("task: pml", Masking.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pml (expected: ");
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

package io.t4rec.model.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.GoldenCase;
import io.t4rec.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Which item is predicted from where, as Transformers4Rec's masking modules say. Two of its defects are not followed: evaluating
 * all positions of a masked task, where it replaces every item and shifts the labels; and keeping the target's own embedding in
 * the input of a causal task.
 */
class MaskingGoldenTest {
    private static final int DRAWS = 20_000;
    /** Five standard errors of the difference of two rates, the golden one being from 4,000 draws. */
    private static final double RATE_TOLERANCE = 0.045;

    @Test
    void causalTargetsEqualTheOriginals() throws IOException {
        for (var file : GoldenCase.files(name -> name.matches("masking\\..*"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                check(golden, "clm.train", new CausalMasking(false), Mode.TRAIN);
                check(golden, "clm.eval", new CausalMasking(false), Mode.EVALUATE_LAST);
                check(golden, "clm_train_last.train", new CausalMasking(true), Mode.TRAIN);
                check(golden, "clm_train_last.eval", new CausalMasking(true), Mode.EVALUATE_LAST);
                check(golden, "clm_eval_all.eval", new CausalMasking(false), Mode.EVALUATE_ALL);
            }
        }
    }

    @Test
    void maskedTargetsAndReplacedPositionsEqualTheOriginals() throws IOException {
        for (var file : GoldenCase.files(name -> name.matches("masking\\..*"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                Masking masking = new MaskedMasking(MaskedMasking.DEFAULT_PROBABILITY);
                check(golden, "mlm.eval", masking, Mode.EVALUATE_LAST);
                for (Mode mode : List.of(Mode.EVALUATE_LAST, Mode.INFER)) {
                    String schema = mode == Mode.INFER ? "out.mlm.infer.schema" : "out.mlm.eval.schema";
                    MaskedSequences masked = apply(golden, masking, mode);
                    assertThat(replaced(masked))
                            .as(schema)
                            .isEqualTo(nonZero(golden.matrix(schema)).keySet().stream()
                                    .toList());
                }
            }
        }
    }

    /** The original infers by the last item's own position, which can't see that item; ours asks at a position after it. */
    @Test
    void permutationTargetsEqualTheOriginals() throws IOException {
        for (var file : GoldenCase.files(name -> name.matches("masking\\..*"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                check(golden, "plm.eval", PermutationMasking.defaults(), Mode.EVALUATE_LAST);
                MaskedSequences evaluated = apply(golden, PermutationMasking.defaults(), Mode.EVALUATE_LAST);
                assertThat(replaced(evaluated))
                        .isEqualTo(nonZero(golden.matrix("out.plm.eval.schema")).keySet().stream()
                                .toList());
                MaskedSequences asked = apply(golden, PermutationMasking.defaults(), Mode.INFER);
                long[][] sequences = golden.sequences("in.item_ids");
                for (int row = 0; row < sequences.length; row++) {
                    assertThat(asked.positions()[row]).isEqualTo(row * asked.length() + sequences[row].length);
                }
            }
        }
    }

    @Test
    void inferenceReadsTheLastItemOrTheMaskAfterIt() throws IOException {
        for (var file : GoldenCase.files(name -> name.matches("masking\\..*"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                long[][] sequences = golden.sequences("in.item_ids");
                MaskedSequences causal = apply(golden, new CausalMasking(false), Mode.INFER);
                MaskedSequences appended = apply(golden, new MaskedMasking(0.15), Mode.INFER);
                for (int row = 0; row < sequences.length; row++) {
                    assertThat(causal.positions()[row]).isEqualTo(row * causal.length() + sequences[row].length - 1);
                    assertThat(appended.positions()[row]).isEqualTo(row * appended.length() + sequences[row].length);
                }
            }
        }
    }

    @Test
    void masksEachPositionAsOftenAsTheOriginal() throws IOException {
        for (var file : GoldenCase.files(name -> name.matches("masking_mlm_train\\..*"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                Masking masking = new MaskedMasking(0.15);
                SequenceBatch batch = SequenceBatch.of("item_id", golden.sequences("in.item_ids"));
                int columns = (int) golden.get("in.item_ids").size(1);
                int[] counts = new int[batch.rowCount() * columns];
                SplittableRandom random = new SplittableRandom(7);
                for (int draw = 0; draw < DRAWS; draw++) {
                    MaskedSequences masked = masking.apply(batch.longs("item_id"), batch.offsets(), Mode.TRAIN, random);
                    for (int position : masked.positions()) {
                        counts[position / masked.length() * columns + position % masked.length()]++;
                    }
                }
                float[] rates = golden.get("out.mask_rate_4000_draws").toFloats();
                for (int i = 0; i < rates.length; i++) {
                    assertThat(counts[i] / (double) DRAWS)
                            .as("position " + i)
                            .isCloseTo(rates[i], within(RATE_TOLERANCE));
                }
            }
        }
    }

    private static MaskedSequences apply(GoldenCase golden, Masking masking, Mode mode) {
        SequenceBatch batch = SequenceBatch.of("item_id", golden.sequences("in.item_ids"));
        return masking.apply(batch.longs("item_id"), batch.offsets(), mode, new SplittableRandom(1));
    }

    private static void check(GoldenCase golden, String which, Masking masking, Mode mode) {
        MaskedSequences masked = apply(golden, masking, mode);
        Map<List<Integer>, Long> actual = new TreeMap<>(MaskingGoldenTest::compare);
        for (int i = 0; i < masked.positions().length; i++) {
            actual.put(place(masked, masked.positions()[i]), masked.targets()[i]);
        }
        assertThat(actual).as(which).isEqualTo(nonZero(golden.matrix("out." + which + ".targets")));
    }

    private static List<List<Integer>> replaced(MaskedSequences masked) {
        List<List<Integer>> places = new ArrayList<>();
        for (int i = 0; i < masked.replaced().length; i++) {
            if (masked.replaced()[i]) {
                places.add(place(masked, i));
            }
        }
        return places;
    }

    private static List<Integer> place(MaskedSequences masked, int position) {
        return List.of(position / masked.length(), position % masked.length());
    }

    private static Map<List<Integer>, Long> nonZero(long[][] matrix) {
        Map<List<Integer>, Long> found = new TreeMap<>(MaskingGoldenTest::compare);
        for (int row = 0; row < matrix.length; row++) {
            for (int column = 0; column < matrix[row].length; column++) {
                if (matrix[row][column] != 0) {
                    found.put(List.of(row, column), matrix[row][column]);
                }
            }
        }
        return found;
    }

    private static int compare(List<Integer> a, List<Integer> b) {
        int rows = a.get(0).compareTo(b.get(0));
        return rows != 0 ? rows : a.get(1).compareTo(b.get(1));
    }
}

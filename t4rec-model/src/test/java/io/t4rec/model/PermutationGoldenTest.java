package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Masks of permutation language modelling as Transformers4Rec makes them, among real positions: it shows padding, we don't. */
class PermutationGoldenTest {
    @Test
    void masksOfAnOrderEqualTheOriginals() throws IOException {
        for (var file : GoldenCase.files(name -> name.matches("plm_train\\..*"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                for (String draw : new String[] {"span0", "span1", "all0", "all1"}) {
                    compare(golden, draw);
                }
            }
        }
    }

    private static void compare(GoldenCase golden, String draw) {
        long[][] sequences = golden.sequences("in.item_ids");
        long[][] chosen = golden.matrix("in." + draw + ".schema");
        long[][] places = golden.matrix("in." + draw + ".permutation");
        int columns = chosen[0].length;
        int rows = sequences.length;
        boolean[] flags = new boolean[rows * columns];
        int[] order = new int[rows * columns];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = chosen[i / columns][i % columns] != 0;
            order[i] = flags[i] ? Math.toIntExact(places[i / columns][i % columns]) : -1;
        }
        int[] positions = IntStream.range(0, flags.length).filter(i -> flags[i]).toArray();
        long[] targets = Arrays.stream(positions)
                .mapToLong(i -> sequences[i / columns][i % columns])
                .toArray();
        int[] lengths = Arrays.stream(sequences).mapToInt(row -> row.length).toArray();
        MaskedSequences masked = new MaskedSequences(
                        rows, columns, lengths, flags, positions, targets, AttentionPattern.Kind.PERMUTATION)
                .withOrder(order);
        AttentionPattern.Permutation pattern =
                (AttentionPattern.Permutation) PermutationPattern.of(masked, 0, rows, Device.CPU);
        float[] actual = pattern.blocked().toFloats();
        float[] expected = golden.get("out." + draw + ".perm_mask").toFloats();
        long[][] labels = golden.matrix("out." + draw + ".targets");
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < lengths[row]; i++) {
                for (int j = 0; j < lengths[row]; j++) {
                    int at = (row * columns + i) * columns + j;
                    assertThat(actual[at])
                            .as(String.format(Locale.ROOT, "%s: row %d, %d on %d", draw, row, i, j))
                            .isEqualTo(expected[at]);
                }
                assertThat(labels[row][i]).isEqualTo(chosen[row][i] == 0 ? 0 : sequences[row][i]);
            }
        }
    }

    /** What is predicted last sees all items before it, as in the original; its context sees itself whole, as in training. */
    @Test
    void theLastItemIsPredictedFromAllBeforeIt() throws IOException {
        for (var file : GoldenCase.files(name -> name.matches("masking\\..*"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                SequenceBatch batch = SequenceBatch.of("item_id", golden.sequences("in.item_ids"));
                MaskedSequences masked = PermutationMasking.defaults()
                        .apply(batch.longs("item_id"), batch.offsets(), Mode.EVALUATE_LAST, new SplittableRandom(1));
                int columns = masked.length();
                int rows = batch.rowCount();
                AttentionPattern.Permutation pattern =
                        (AttentionPattern.Permutation) PermutationPattern.of(masked, 0, rows, Device.CPU);
                Tensor original = golden.get("out.plm.eval.perm_mask");
                for (int position : masked.positions()) {
                    int row = position / columns;
                    int last = position % columns;
                    float[] expected = original.select(0, row).select(0, last).toFloats();
                    float[] actual =
                            pattern.blocked().select(0, row).select(0, last).toFloats();
                    assertThat(Arrays.copyOf(actual, last + 1)).isEqualTo(Arrays.copyOf(expected, last + 1));
                    float[] target =
                            pattern.targetMapping().select(0, row).select(0, 0).toFloats();
                    assertThat(target[last]).isEqualTo(1);
                    assertThat(Tensors.of(target).sum().item()).isEqualTo(1);
                }
            }
        }
    }
}

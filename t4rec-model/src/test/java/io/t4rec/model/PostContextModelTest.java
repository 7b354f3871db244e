package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.input.PostContextConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.optim.Gradients;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The second item depends on where the session is from, and on nothing else. */
class PostContextModelTest {
    private static final ColumnSchema ITEM = ColumnSchema.categorical("item_id", 14)
            .withShape(ColumnShape.ragged())
            .withTags(Tag.ITEM, Tag.ID, Tag.LIST);
    private static final ColumnSchema KIND = ColumnSchema.categorical("kind", 5).withShape(ColumnShape.ragged());
    private static final Schema SCHEMA = Schema.of(ITEM, KIND, ColumnSchema.categorical("country", 5));

    private static SequenceBatch batch(int rows, SplittableRandom random) {
        int[] offsets = new int[rows + 1];
        long[] items = new long[rows * 2];
        long[] kinds = new long[rows * 2];
        long[] countries = new long[rows];
        for (int row = 0; row < rows; row++) {
            offsets[row + 1] = 2 * row + 2;
            countries[row] = 3 + random.nextInt(3);
            items[2 * row] = 3 + random.nextInt(12);
            items[2 * row + 1] = 3 + 4 * (countries[row] - 3);
            kinds[2 * row] = 3;
            kinds[2 * row + 1] = 3;
        }
        return new SequenceBatch(
                offsets, Map.of("item_id", items, "kind", kinds), Map.of(), Map.of("country", countries), Map.of());
    }

    private static SessionModel model(String type, Masking masking, InputConfig input) {
        TransformerSettings body = new TransformerSettings(type, 16, 2, 1, 4, "gelu", 0.1, 1e-5, 0, null);
        HeadConfig head = new HeadConfig(true, 1, 0, 3, LossConfig.defaults());
        return SessionModel.create(new ModelConfig(input, masking, body, head), SCHEMA, 5);
    }

    private static InputConfig with(String fusion, String... columns) {
        return InputConfig.defaults()
                .edit()
                .columns(List.of())
                .postContext(fusion.isEmpty() ? null : new PostContextConfig(List.of(columns), fusion))
                .build();
    }

    private static double hits(SessionModel model, SplittableRandom random) {
        Optimizer optimizer = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAM), model.parameters());
        try (ItemLoss loss = model.newLoss(null)) {
            for (int i = 0; i < 100; i++) {
                try (Scope scope = Scope.open()) {
                    MaskedBatch masked = model.mask(batch(64, random), Mode.TRAIN, random);
                    Pass pass = Pass.training(new Generator(i));
                    model.trainStep(masked, 0, 64, masked.targetCount(), pass, loss);
                    try (Autograd off = Autograd.disabled()) {
                        optimizer.step(0.02);
                    }
                    Gradients.clear(model.parameters().values());
                }
            }
        }
        optimizer.release();
        int[] ranks = model.ranks(batch(200, random), false, Exclusion.NONE, model.exactRanker());
        int first = 0;
        for (int rank : ranks) {
            first += rank == 1 ? 1 : 0;
        }
        return first / (double) ranks.length;
    }

    @ParameterizedTest
    @CsvSource({"gpt2,clm,elementwise-mul", "gpt2,clm,elementwise-sum", "gpt2,clm,concat", "bert,mlm,elementwise-mul"})
    void learnsFromContextAfterTheBody(String type, String task, String fusion) {
        Masking masking = task.equals("clm") ? new CausalMasking(false) : new MaskedMasking(0.3);
        SessionModel model = model(type, masking, with(fusion, "country"));
        assertThat(hits(model, new SplittableRandom(7))).isGreaterThan(0.95);
        model.release();
    }

    @Test
    void doesNotLearnWithoutIt() {
        SessionModel model = model("gpt2", new CausalMasking(false), with(""));
        assertThat(hits(model, new SplittableRandom(7))).isLessThan(0.5);
        model.release();
    }

    @Test
    void goesWithPermutationsOnlyAsColumnsOfTheSession() {
        Masking permutations = new PermutationMasking(1 / 6.0, 5, false, false);
        SessionModel model = model("xlnet", permutations, with("concat", "country"));
        SplittableRandom random = new SplittableRandom(3);
        try (ItemLoss loss = model.newLoss(null);
                Scope scope = Scope.open()) {
            MaskedBatch masked = model.mask(batch(8, random), Mode.TRAIN, random);
            assertThat(model.trainStep(masked, 0, 8, masked.targetCount(), Pass.inference(), loss))
                    .isPositive();
        }
        model.release();
        assertThatThrownBy(() -> model("xlnet", permutations, with("concat", "kind")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("postContext.columns: [kind]")
                .hasMessageContaining("columns of the session");
    }
}

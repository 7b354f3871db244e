package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.model.masking.ReplacedItemMasking.GeneratorSize;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.RowGradient;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.optim.Gradients;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.nn.sampling.ItemFrequencies;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionModelTest {
    private static final int FIRST_ITEM = 3;
    private static final int ITEMS = 9;

    private static Schema schema() {
        ColumnSchema item = ColumnSchema.categorical("item_id", FIRST_ITEM + ITEMS - 1)
                .withShape(ColumnShape.ragged())
                .withTags(Tag.ITEM, Tag.ID, Tag.LIST);
        ColumnSchema kind = ColumnSchema.categorical("kind", 5)
                .withShape(ColumnShape.ragged())
                .withTags(Tag.LIST);
        ColumnSchema price = ColumnSchema.ragged("price", DType.FLOAT32).withTags(Tag.CONTINUOUS, Tag.LIST);
        return Schema.of(item, kind, price);
    }

    /** Sessions that walk round one of three cycles of three items each; kind and price follow from the item. */
    private static SequenceBatch cycles(int rows, SplittableRandom random) {
        long[][] sequences = new long[rows][];
        for (int row = 0; row < rows; row++) {
            int cycle = random.nextInt(3);
            int at = random.nextInt(3);
            sequences[row] = new long[2 + random.nextInt(7)];
            for (int i = 0; i < sequences[row].length; i++) {
                sequences[row][i] = FIRST_ITEM + 3L * cycle + (at + i) % 3;
            }
        }
        return withFeatures(sequences);
    }

    private static SequenceBatch withFeatures(long[]... sequences) {
        SequenceBatch items = SequenceBatch.of("item_id", sequences);
        long[] ids = items.longs("item_id");
        long[] kinds = new long[ids.length];
        float[] prices = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            kinds[i] = 1 + ids[i] % 5;
            prices[i] = ids[i] / 10f;
        }
        Map<String, long[]> longs = new LinkedHashMap<>();
        longs.put("item_id", ids);
        longs.put("kind", kinds);
        return new SequenceBatch(items.offsets(), longs, Map.of("price", prices));
    }

    private static ModelConfig config(String type, Masking masking, boolean tied) {
        InputConfig input = new InputConfig(12, Map.of(), 2, 0.05, null, "concat", true, false, 0, 0);
        TransformerSettings body = new TransformerSettings(type, 16, 2, 1, 10, "gelu", 0.1, 1e-5, 0, null);
        return new ModelConfig(input, masking, body, new HeadConfig(tied, 1, 0, FIRST_ITEM, LossConfig.defaults()));
    }

    private static Masking masking(String task) {
        return switch (task) {
            case "clm" -> new CausalMasking(false);
            case "mlm" -> new MaskedMasking(0.3, 0.2, 0.2, 3.0);
            case "plm" -> new PermutationMasking(0.3, 3, false, false);
            case "rtd" -> new ReplacedItemMasking(0.3, 0.5, 7.0, 2.0, "softmax", null);
            case "rtd-batch" -> new ReplacedItemMasking(0.3, 2.0, 7.0, 2.0, "batch", new GeneratorSize(8, 2, 1));
            default -> throw new IllegalArgumentException(task);
        };
    }

    private static double step(SessionModel model, MaskedBatch batch, ItemLoss loss, int... cuts) {
        double sum = 0;
        for (int i = 0; i + 1 < cuts.length; i++) {
            sum += model.trainStep(batch, cuts[i], cuts[i + 1], batch.targetWeight(), Pass.inference(), loss);
        }
        return sum / batch.targetWeight();
    }

    private static double hits(int[] ranks) {
        return Arrays.stream(ranks).filter(rank -> rank == 1).count() / (double) ranks.length;
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2,clm,true",
        "gpt2,clm,false",
        "xlnet,mlm,true",
        "bert,mlm,true",
        "gru,clm,true",
        "xlnet,plm,true",
        "bert,rtd,true",
        "xlnet,rtd-batch,false"
    })
    void splittingABatchAmongWorkersChangesNothing(String type, String task, boolean tied) {
        try (Scope scope = Scope.open()) {
            SessionModel model = SessionModel.create(config(type, masking(task), tied), schema(), 5);
            SessionModel left = model.replica();
            SessionModel right = model.replica();
            SequenceBatch batch = cycles(13, new SplittableRandom(3));
            MaskedBatch masked = model.mask(batch, Mode.TRAIN, new SplittableRandom(4));
            try (ItemLoss loss = model.newLoss(null)) {
                double whole = step(model, masked, loss, 0, 13);
                double shards = step(left, masked, loss, 0, 6) + step(right, masked, loss, 6, 13);
                assertThat(shards).isCloseTo(whole, org.assertj.core.api.Assertions.within(1e-5));
            }
            model.parameters().forEach((name, parameter) -> {
                Tensor expected = parameter.value().gradient();
                Tensor sum = sum(
                        left.parameters().get(name).value().gradient(),
                        right.parameters().get(name).value().gradient());
                if (expected != null) {
                    GoldenCase.assertNear("gradient of " + name, sum, expected, 1e-5);
                }
            });
        }
    }

    /**
     * With a sampled loss, in one piece or in two, as a few rows or dense: the same gradient, which automatic differentiation finds
     * through the whole table as well.
     */
    @ParameterizedTest
    @CsvSource({"gpt2,clm,true", "gpt2,clm,false", "xlnet,mlm,true", "bert,mlm,false", "gru,clm,true"})
    void gradientsOfUsedRowsAreThoseOfTheWholeTable(String type, String task, boolean tied) {
        try (Scope scope = Scope.open()) {
            ModelConfig plain = config(type, masking(task), tied);
            LossConfig all = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, ITEMS);
            ModelConfig sampled = new ModelConfig(
                    plain.input(),
                    plain.masking(),
                    plain.transformer(),
                    plain.head().withLoss(all));
            SessionModel model = SessionModel.create(sampled, schema(), 5);
            SessionModel dense = model.replica();
            SessionModel exact = model.replica();
            SplittableRandom random = new SplittableRandom(4);
            MaskedBatch batch = model.mask(
                    withFeatures(new long[] {3, 4, 5}, new long[] {6, 3}, new long[] {4, 6}), Mode.TRAIN, random);
            MaskedBatch drawn = batch.withNegatives(Objects.requireNonNull(model.newSampler(null)), random);
            int count = batch.targetCount();
            try (ItemLoss loss = model.newLoss(null)) {
                Pass rows = Pass.inference().withRowGradients();
                double two = model.trainStep(drawn, 0, 1, count, rows, loss)
                        + model.trainStep(drawn, 1, 3, count, rows, loss);
                double one = dense.trainStep(drawn, 0, 3, count, Pass.inference(), loss);
                assertThat(two).isCloseTo(one, org.assertj.core.api.Assertions.within(1e-5));
            }
            // all items are drawn, so this is the full softmax without special ids
            Targets targets = Targets.of(batch.masked(), 0, 3);
            Tensor hidden = exact.hidden(BatchRows.all(batch), targets.outputs(), Pass.inference());
            Tensor items = exact.itemTable().value().narrow(0, FIRST_ITEM, ITEMS);
            Tensor logs = hidden.matmul(items.transpose(0, 1)).logSoftmax(1);
            Tensor own = Tensors.of(targets.items()).sub(FIRST_ITEM).unsqueeze(1);
            float[] weights = new float[targets.count()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = targets.last()[i] ? (float) batch.masked().lastItemWeight() : 1;
            }
            Tensor weighted = logs.gather(1, own).squeeze(1).mul(Tensors.of(weights));
            weighted.sum().div(-count).backward();

            dense.parameters().forEach((name, parameter) -> {
                Parameter other = model.parameters().get(name);
                Tensor expected = exact.parameters().get(name).value().gradient();
                if (model.itemTableNames().contains(name)) {
                    RowGradient used = Objects.requireNonNull(other.rowGradient(), name);
                    assertThat(other.value().gradient())
                            .as("dense gradient of " + name)
                            .isNull();
                    assertThat(used.rows().toLongs()).isSorted().doesNotHaveDuplicates();
                    Tensor spread = Tensors.zerosLike(expected).indexAddInPlace(0, used.rows(), used.values());
                    GoldenCase.assertNear("rows of " + name, spread, expected, 1e-5);
                } else if (expected != null) {
                    GoldenCase.assertNear("gradient of " + name, other.value().gradient(), expected, 1e-5);
                }
                if (expected != null) {
                    GoldenCase.assertNear(
                            "gradient of " + name, parameter.value().gradient(), expected, 1e-5);
                }
            });
        }
    }

    @Test
    void aSampledStepLeavesRowsAloneThatItDoesNotUse() {
        try (Scope scope = Scope.open()) {
            ModelConfig plain = config("gpt2", masking("clm"), true);
            LossConfig two = LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.IN_BATCH, 9);
            SessionModel model = SessionModel.create(
                    new ModelConfig(
                            plain.input(),
                            plain.masking(),
                            plain.transformer(),
                            plain.head().withLoss(two)),
                    schema(),
                    5);
            SplittableRandom random = new SplittableRandom(4);
            MaskedBatch batch = model.mask(withFeatures(new long[] {3, 4, 5}, new long[] {9, 4}), Mode.TRAIN, random);
            ItemFrequencies frequencies = new ItemFrequencies(model.itemCount(), FIRST_ITEM);
            frequencies.add(new long[] {3, 4, 5, 9, 4});
            MaskedBatch drawn = batch.withNegatives(Objects.requireNonNull(model.newSampler(frequencies)), random);
            try (ItemLoss loss = model.newLoss(frequencies)) {
                model.trainStep(drawn, 0, 2, 3, Pass.inference().withRowGradients(), loss);
                assertThatThrownBy(() -> model.trainStep(batch, 0, 2, 3, Pass.inference(), loss))
                        .hasMessageContaining("negatives: none (expected: a batch with negatives");
            }
            assertThat(Objects.requireNonNull(model.itemTable().rowGradient())
                            .rows()
                            .toLongs())
                    .containsExactly(0, 3, 4, 5, 9);
        }
    }

    private static Tensor sum(Tensor a, Tensor b) {
        return a == null ? b : b == null ? a : a.add(b);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2,clm",
        "xlnet,clm",
        "xlnet,mlm",
        "bert,mlm",
        "gru,clm",
        "xlnet,plm",
        "bert,rtd",
        "xlnet,rtd-batch",
        "longformer,clm",
        "longformer,mlm",
        "transfo-xl,clm"
    })
    void aSessionIsAnsweredTheSameAloneAndBesideLongerOnes(String type, String task) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            SessionModel model = SessionModel.create(config(type, masking(task), true), schema(), 5);
            long[] session = {5, 3, 4};
            Tensor alone = model.queries(withFeatures(session));
            Tensor beside = model.queries(withFeatures(new long[] {3, 4, 5, 6, 7, 8, 9}, session, new long[] {10}));
            GoldenCase.assertNear("query", beside.select(0, 1), alone.select(0, 0), 1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2,clm",
        "xlnet,clm",
        "xlnet,mlm",
        "bert,mlm",
        "gru,clm",
        "xlnet,plm",
        "bert,rtd",
        "xlnet,rtd-batch",
        "longformer,clm",
        "longformer,mlm",
        "transfo-xl,clm"
    })
    void noTargetIsVisibleToThePositionThatPredictsIt(String type, String task) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            SessionModel model = SessionModel.create(config(type, masking(task), true), schema(), 5);
            Tensor first = lastState(model, 3, 4, 5, 9);
            Tensor second = lastState(model, 3, 4, 5, 7);
            assertThat(first.toFloats()).isEqualTo(second.toFloats());
            assertThat(first.toFloats())
                    .as("what comes before counts")
                    .isNotEqualTo(lastState(model, 3, 4, 6, 7).toFloats());
        }
    }

    private static Tensor lastState(SessionModel model, long... session) {
        MaskedBatch masked = model.mask(withFeatures(session), Mode.EVALUATE_LAST, new SplittableRandom(1));
        BatchRows rows = BatchRows.all(masked);
        return model.hidden(rows, rows.targets().outputs(), Pass.inference());
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2,clm",
        "xlnet,clm",
        "xlnet,mlm",
        "bert,mlm",
        "gru,clm",
        "xlnet,plm",
        "bert,rtd",
        "xlnet,rtd-batch",
        "longformer,clm",
        "longformer,mlm",
        "transfo-xl,clm"
    })
    void asksAsEvaluationDoes(String type, String task) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            SessionModel model = SessionModel.create(config(type, masking(task), true), schema(), 5);
            Tensor asked = model.queries(withFeatures(new long[] {3, 4, 5}));
            GoldenCase.assertNear("query", asked, lastState(model, 3, 4, 5, 9), 1e-5);
        }
    }

    @Test
    void ranksByCountingBetterItems() {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            SessionModel model = SessionModel.create(config("gpt2", masking("clm"), true), schema(), 5);
            SequenceBatch batch = withFeatures(new long[] {3, 4, 5, 9}, new long[] {6, 7}, new long[] {8});
            float[] scores = lastState(model, 3, 4, 5, 9)
                    .matmul(model.itemTable().value().transpose(0, 1))
                    .toFloats();
            int better = 0;
            int betterUnseen = 0;
            for (int item = FIRST_ITEM; item < scores.length; item++) {
                boolean ahead = scores[item] > scores[9];
                better += ahead ? 1 : 0;
                betterUnseen += ahead && (item < 3 || item > 5) ? 1 : 0;
            }
            assertThat(model.ranks(batch, false, Exclusion.NONE, model.exactRanker()))
                    .hasSize(2)
                    .startsWith(better + 1);
            assertThat(model.ranks(batch, false, Exclusion.SEEN, model.exactRanker()))
                    .startsWith(betterUnseen + 1);
            assertThat(model.ranks(batch, true, Exclusion.NONE, model.exactRanker()))
                    .hasSize(4);
            assertThat(model.ranks(withFeatures(new long[] {3, 2}), false, Exclusion.NONE, model.exactRanker()))
                    .as("an unknown item can't be hit")
                    .containsExactly(0);
            assertThat(model.ranks(withFeatures(new long[] {3}), false, Exclusion.NONE, model.exactRanker()))
                    .isEmpty();
        }
    }

    @Test
    void swapNoiseLeavesTargetsAlone() {
        try (Scope scope = Scope.open()) {
            InputConfig input = new InputConfig(null, Map.of(), 2, 0.05, null, "concat", true, false, 0, 0.9);
            ModelConfig plain = config("gpt2", masking("clm"), true);
            ModelConfig noisy = new ModelConfig(input, plain.masking(), plain.transformer(), plain.head());
            SessionModel model = SessionModel.create(noisy, schema(), 5);
            MaskedBatch masked = model.mask(cycles(8, new SplittableRandom(2)), Mode.TRAIN, new SplittableRandom(2));
            long[] before = masked.masked().targets().clone();
            long[] items = masked.batch().longs("item_id").clone();
            try (ItemLoss loss = model.newLoss(null)) {
                Pass pass = Pass.training(new Generator(1));
                double first = model.trainStep(masked, 0, 8, masked.targetCount(), pass, loss);
                double second = model.trainStep(masked, 0, 8, masked.targetCount(), pass, loss);
                assertThat(first).as("noise differs from pass to pass").isNotEqualTo(second);
            }
            assertThat(masked.masked().targets()).isEqualTo(before);
            assertThat(masked.batch().longs("item_id")).isEqualTo(items);
        }
    }

    @Test
    void refusesASessionWithoutEvents() {
        try (Scope scope = Scope.open()) {
            SessionModel model = SessionModel.create(config("gpt2", masking("clm"), true), schema(), 5);
            assertThatThrownBy(() -> model.queries(withFeatures(new long[] {3}, new long[0])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("session 1: no event");
        }
    }

    @ParameterizedTest
    @CsvSource({"clm", "mlm"})
    void refusesIdsOutsideTheCatalogueAndRowsThatABatchHasNot(String task) {
        try (Scope scope = Scope.open()) {
            SessionModel model =
                    SessionModel.create(config(task.equals("clm") ? "gpt2" : "bert", masking(task), true), schema(), 1);
            for (long[] items : new long[][] {{3, 12, 4}, {3, 4, 12}, {-1, 4, 5}}) {
                assertThatThrownBy(() -> step(model, withFeatures(items), 0, 1))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("column item_id: id "
                                + Arrays.stream(items)
                                        .filter(id -> id < 0 || id > 11)
                                        .sum() + " (expected: 0 to 11");
            }
            assertThatThrownBy(() -> step(model, withFeatures(new long[] {3, 4}), 0, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("rows: 0 to 2 (expected: in order, within 0 to 1)");
        }
    }

    private static double step(SessionModel model, SequenceBatch batch, int from, int to) {
        MaskedBatch masked = model.mask(batch, Mode.TRAIN, new SplittableRandom(1));
        try (ItemLoss loss = model.newLoss(null)) {
            return model.trainStep(masked, from, to, masked.targetWeight(), Pass.inference(), loss);
        }
    }

    @Test
    void aReplicaSeesEachChangeOfTheWeights() {
        try (Scope scope = Scope.open()) {
            SessionModel model = SessionModel.create(config("gpt2", masking("clm"), true), schema(), 5);
            SessionModel replica = model.replica();
            try (Autograd off = Autograd.disabled()) {
                model.itemTable()
                        .value()
                        .detach()
                        .copyFrom(Tensors.zerosLike(model.itemTable().value()));
            }
            assertThat(replica.itemTable().value().abs().sum().item()).isZero();
        }
    }

    /** The second item follows from how long after the first it comes: a minute or a day, and nothing else tells. */
    @Test
    void learnsFromTimesWhereTheSequencesHaveThem() {
        Schema timed = Schema.of(
                schema().itemId(), ColumnSchema.ragged("time", DType.INT64).withTags(Tag.TIME, Tag.LIST));
        for (boolean kept : new boolean[] {true, false}) {
            SessionModel model = SessionModel.create(
                    config("hstu", masking("clm"), true), kept ? timed : Schema.of(schema().itemId()), 5);
            Optimizer optimizer = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAM), model.parameters());
            SplittableRandom random = new SplittableRandom(12);
            try (ItemLoss loss = model.newLoss(null)) {
                for (int i = 0; i < 150; i++) {
                    try (Scope scope = Scope.open()) {
                        MaskedBatch masked = model.mask(pauses(32, random), Mode.TRAIN, random);
                        step(model, masked, loss, 0, 32);
                        try (Autograd off = Autograd.disabled()) {
                            optimizer.step(0.01);
                        }
                        Gradients.clear(model.parameters().values());
                    }
                }
                double hits = hits(model.ranks(pauses(200, random), false, Exclusion.NONE, model.exactRanker()));
                if (kept) {
                    assertThat(hits).isGreaterThanOrEqualTo(0.95);
                } else {
                    assertThat(hits).isLessThan(0.7);
                }
            }
            optimizer.release();
            model.release();
        }
    }

    /** Item 3, item 4 after a pause, then item 5 when the pause was a minute, item 6 when it was a day. */
    private static SequenceBatch pauses(int rows, SplittableRandom random) {
        int[] offsets = new int[rows + 1];
        long[] items = new long[3 * rows];
        long[] times = new long[3 * rows];
        for (int row = 0; row < rows; row++) {
            boolean day = random.nextBoolean();
            long start = 1_396_310_400_000_000L + random.nextInt(1_000_000);
            long pause = (day ? 86_400 : 60) * 1_000_000L;
            offsets[row + 1] = 3 * row + 3;
            items[3 * row] = 3;
            items[3 * row + 1] = 4;
            items[3 * row + 2] = day ? 6 : 5;
            times[3 * row] = start;
            times[3 * row + 1] = start + pause;
            times[3 * row + 2] = start + pause + 1_000_000;
        }
        return new SequenceBatch(offsets, Map.of("item_id", items, "time", times), Map.of());
    }

    /** Counted from the newest item, positions of a whole sequence would know how many items follow them. */
    @Test
    void ranksPrefixesOneByOneWhereStatesDependOnTheLength() {
        for (String positions : new String[] {"first", "last"}) {
            ModelConfig usual = config("sasrec", masking("clm"), true);
            ModelConfig config = new ModelConfig(
                    usual.input(),
                    usual.masking(),
                    usual.transformer().withOptions(Map.of("positions", positions)),
                    usual.head());
            SessionModel model = SessionModel.create(config, schema(), 5);
            SequenceBatch batch = cycles(6, new SplittableRandom(8));
            assertThat(model.ranks(batch, true, Exclusion.NONE, model.exactRanker()))
                    .as(positions)
                    .containsExactly(Prefixes.parts(batch, 2)
                            .flatMapToInt(part ->
                                    Arrays.stream(model.ranks(part, false, Exclusion.NONE, model.exactRanker())))
                            .toArray());
            model.release();
        }
    }
}

package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole models of Transformers4Rec: logits, losses and all gradients, in training, evaluation and inference. */
class ModelGoldenTest {
    private static final double TOLERANCE = 1e-4;

    private record Loaded(GoldenCase golden, SessionModel model, SequenceBatch batch) {
        int columns() {
            return (int) golden.get("in.item_id").size(1);
        }
    }

    @FunctionalInterface
    private interface Check {
        void run(Loaded loaded);
    }

    @TestFactory
    List<DynamicTest> causalModelsEqualTheOriginalThroughout() throws IOException {
        return tests("_clm", ModelGoldenTest::trainsEvaluatesAndInfers);
    }

    /** The original asks for {@code same_length} with a memory of one position, so that nothing is mixed over positions. */
    @TestFactory
    List<DynamicTest> transformerXlEqualsTheOriginalOncePositionsSeeThemselvesAloneAsItsDefectHasIt()
            throws IOException {
        return GoldenCase.files(name -> name.startsWith("model_transfoxl_clm")).stream()
                .map(file -> DynamicTest.dynamicTest(
                        file.getFileName().toString(), () -> run(file, ModelGoldenTest::trainsEvaluatesAndInfers)))
                .toList();
    }

    private static void trainsEvaluatesAndInfers(Loaded loaded) {
        trains(loaded, loaded.model.mask(loaded.batch, Mode.TRAIN, new SplittableRandom(1)));
        evaluates(loaded, loaded.model.mask(loaded.batch, Mode.EVALUATE_LAST, new SplittableRandom(1)));
        infers(loaded, loaded.model.mask(loaded.batch, Mode.INFER, new SplittableRandom(1)));
    }

    /**
     * The original hands no padding mask to the body. So all its columns are declared real here, the padded ones included. Its task
     * {@code rtd} has neither draws nor a discriminator and trains as {@code mlm}, which is what is compared.
     */
    @TestFactory
    List<DynamicTest> maskedModelsEqualTheOriginalOncePaddingIsAttendedToAsItsDefectHasIt() throws IOException {
        return tests("_(mlm|rtd)", loaded -> {
            int columns = loaded.columns();
            long[] items = loaded.golden.get("in.item_id").toLongs();
            long[] replaced = loaded.golden.get("in.train.schema").toLongs();
            trains(loaded, asOriginal(loaded, columns, replaced, items));
            long[] last = loaded.golden.get("in.eval.targets").toLongs();
            evaluates(loaded, asOriginal(loaded, columns, last, items));
            long[] appended = new long[loaded.batch.rowCount() * (columns + 1)];
            for (int row = 0; row < loaded.batch.rowCount(); row++) {
                appended[row * (columns + 1) + loaded.batch.length(row)] = 1;
            }
            infers(loaded, asOriginal(loaded, columns + 1, appended, null));
        });
    }

    /**
     * As above, padding is declared real. The original evaluates in a causal order where it trains in one that shows the whole context,
     * and infers by the state of the last item's own position, which can't see that item: here its orders are given to the model.
     */
    @TestFactory
    List<DynamicTest> permutationModelsEqualTheOriginalInTheOrdersThatItTakes() throws IOException {
        return tests("_plm", loaded -> {
            int columns = loaded.columns();
            long[] items = loaded.golden.get("in.item_id").toLongs();
            long[] targets = loaded.golden.get("in.train.schema").toLongs();
            long[] drawn = loaded.golden.get("in.train.permutation").toLongs();
            int[] order = IntStream.range(0, drawn.length)
                    .map(i -> targets[i] == 0 ? -1 : Math.toIntExact(drawn[i]))
                    .toArray();
            trains(loaded, inOrder(asOriginal(loaded, columns, targets, items), order));
            int[] causal =
                    IntStream.range(0, drawn.length).map(i -> i % columns).toArray();
            long[] last = loaded.golden.get("in.eval.targets").toLongs();
            evaluates(loaded, inOrder(asOriginal(loaded, columns, last, items), causal));
            MaskedBatch asked = inOrder(asOriginal(loaded, columns, last, null), causal);
            Arrays.fill(asked.masked().replaced(), false);
            infers(loaded, asked);
        });
    }

    private static MaskedBatch inOrder(MaskedBatch batch, int[] order) {
        return new MaskedBatch(batch.batch(), batch.masked().withOrder(order));
    }

    /** Rows as long as the batch have no padding, so there our inference and the original's must agree as they are. */
    @TestFactory
    List<DynamicTest> maskedModelsInferAsTheOriginalWhereNothingIsPadded() throws IOException {
        return tests("_(mlm|rtd)", loaded -> {
            Tensor logits = loaded.model.queries(loaded.batch).matmul(table(loaded));
            for (int row = 0; row < loaded.batch.rowCount(); row++) {
                if (loaded.batch.length(row) == loaded.columns()) {
                    Tensor expected = loaded.golden.get("out.infer.logits").select(0, row);
                    GoldenCase.assertNear("row " + row, logits.select(0, row), expected, TOLERANCE);
                }
            }
        });
    }

    private static void trains(Loaded loaded, MaskedBatch masked) {
        GoldenCase golden = loaded.golden;
        SessionModel model = loaded.model;
        GoldenCase.assertNear("out.train.logits", logits(loaded, masked), golden.get("out.train.logits"), TOLERANCE);
        try (ItemLoss loss = model.newLoss(null)) {
            int count = masked.targetCount();
            double sum = model.trainStep(masked, 0, masked.rowCount(), count, Pass.inference(), loss);
            GoldenCase.assertNear("loss", Tensors.scalar(sum / count), golden.get("out.train.loss"), TOLERANCE);
        }
        Map<String, Tensor> expected = OriginalWeights.renamed(golden.startingWith("grad."));
        assertThat(expected).isNotEmpty();
        expected.forEach((name, gradient) -> {
            if (model.parameters().containsKey(name)) {
                Tensor own = model.parameters().get(name).value().gradient();
                Tensor actual = own == null ? Tensors.zerosLike(gradient) : own;
                GoldenCase.assertNear("gradient of " + name, actual, gradient, TOLERANCE);
            }
        });
    }

    private static void evaluates(Loaded loaded, MaskedBatch masked) {
        GoldenCase golden = loaded.golden;
        Tensor logits = logits(loaded, masked);
        GoldenCase.assertNear("out.eval.logits", logits, golden.get("out.eval.logits"), TOLERANCE);
        Tensor labels = Tensors.of(masked.masked().targets()).unsqueeze(1);
        Tensor loss = logits.logSoftmax(-1).gather(1, labels).mean().neg();
        GoldenCase.assertNear("out.eval.loss", loss, golden.get("out.eval.loss"), TOLERANCE);
    }

    private static void infers(Loaded loaded, MaskedBatch masked) {
        GoldenCase golden = loaded.golden;
        Tensor logits = logits(loaded, masked);
        GoldenCase.assertNear("out.infer.logits", logits, golden.get("out.infer.logits"), TOLERANCE);
        Tensor.TopK top = logits.topK(golden.get("out.infer.top5_ids").size(1));
        assertThat(top.indices().toLongs())
                .isEqualTo(golden.get("out.infer.top5_ids").toLongs());
    }

    private static Tensor logits(Loaded loaded, MaskedBatch masked) {
        BatchRows rows = BatchRows.all(masked);
        return loaded.model
                .hidden(rows, rows.targets().outputs(), Pass.inference())
                .detach()
                .matmul(table(loaded));
    }

    private static Tensor table(Loaded loaded) {
        return loaded.model.itemTable().value().detach().transpose(0, 1);
    }

    /** @param replaced of all columns, not 0 where the mask vector stands; there is predicted, too */
    private static MaskedBatch asOriginal(Loaded loaded, int columns, long[] replaced, long @Nullable [] items) {
        int rows = loaded.batch.rowCount();
        boolean[] flags = new boolean[replaced.length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = replaced[i] != 0;
        }
        int[] positions = IntStream.range(0, flags.length).filter(i -> flags[i]).toArray();
        long[] targets = items == null
                ? new long[0]
                : Arrays.stream(positions).mapToLong(i -> items[i]).toArray();
        int[] lengths = new int[rows];
        Arrays.fill(lengths, columns);
        return new MaskedBatch(
                loaded.batch,
                new MaskedSequences(
                        rows, columns, lengths, flags, positions, targets, AttentionPattern.Kind.BIDIRECTIONAL));
    }

    private static List<DynamicTest> tests(String task, Check check) throws IOException {
        return GoldenCase.files(name -> name.matches("model_(gpt2|bert|xlnet|albert|electra|roberta)" + task + ".*"))
                .stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file, check)))
                .toList();
    }

    private static void run(Path file, Check check) throws IOException {
        try (Scope scope = Scope.open()) {
            GoldenCase golden = GoldenCase.open(file);
            ModelConfig config = config(golden);
            SessionModel model = SessionModel.create(config, golden.schema(), 1);
            TransformerBody body = config.transformer().toConfig().create(new Generator(1));
            Map<String, Tensor> weights = OriginalWeights.renamed(golden.startingWith("w."));
            String prefix = "transformer.";
            weights.keySet().removeIf(name -> name.startsWith(prefix) && body.ignores(name.substring(prefix.length())));
            model.load(weights);
            check.run(new Loaded(golden, model, golden.batch()));
            body.release();
            model.release();
        }
    }

    private static ModelConfig config(GoldenCase golden) {
        Map<String, Integer> dims = new LinkedHashMap<>();
        golden.tableShapes().forEach((column, shape) -> dims.put(column, (int) shape[1]));
        InputConfig input = new InputConfig(dims.get("item_id"), dims, 2, 0.05, null, "concat", true, false, 0, 0);
        JsonNode body = golden.description().get("transformer");
        String type = body.get("model_type").asText();
        if (type.equals("transfo-xl")) {
            return new ModelConfig(
                    input,
                    new CausalMasking(false),
                    transformerXl(golden, body),
                    new HeadConfig(true, 1, 0, 0, LossConfig.defaults()));
        }
        JsonNode inner = first(body, "n_inner", "intermediate_size", "d_inner");
        JsonNode positions = body.get("max_position_embeddings");
        int columns = (int) golden.get("in.item_id").size(1);
        TransformerSettings settings = new TransformerSettings(
                type,
                golden.description().get("d_model").asInt(),
                golden.description().get("heads").asInt(),
                golden.description().get("layers").asInt(),
                positions == null ? columns : positions.asInt() - 2,
                first(body, "activation_function", "hidden_act", "ff_activation")
                        .asText(),
                0.01,
                first(body, "layer_norm_epsilon", "layer_norm_eps").asDouble(),
                0,
                inner.asInt());
        Masking masking = switch (golden.description().get("masking").asText()) {
            case "clm" -> new CausalMasking(false);
            case "plm" -> PermutationMasking.defaults();
            default -> new MaskedMasking(MaskedMasking.DEFAULT_PROBABILITY);
        };
        boolean tied = golden.startingWith("w.").keySet().stream().noneMatch(name -> name.endsWith(".output_layer"));
        return new ModelConfig(input, masking, settings, new HeadConfig(tied, 1, 0, 0, LossConfig.defaults()));
    }

    /** The value of the name that an architecture uses among several. */
    private static JsonNode first(JsonNode body, String... names) {
        return Arrays.stream(names).filter(body::has).map(body::get).findFirst().orElseThrow();
    }

    /** Activation and layer-norm epsilon are Hugging Face's: the original passes others under names that the body doesn't know. */
    private static TransformerSettings transformerXl(GoldenCase golden, JsonNode body) {
        return new TransformerSettings(
                "transfo-xl",
                body.get("d_model").asInt(),
                body.get("n_head").asInt(),
                body.get("n_layer").asInt(),
                (int) golden.get("in.item_id").size(1),
                "relu",
                0.01,
                body.get("layer_norm_epsilon").asDouble(),
                0,
                body.get("d_inner").asInt(),
                Map.of("sameLength", body.get("same_length").asBoolean()));
    }
}

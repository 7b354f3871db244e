package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import io.t4rec.data.SequenceBatch;
import io.t4rec.data.Table;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.input.MatrixFile;
import io.t4rec.model.input.PretrainedConfig;
import io.t4rec.model.input.PretrainedMatrices;
import io.t4rec.model.input.TableInitializer;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.Mode;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.LossKind;
import io.t4rec.nn.optim.Gradients;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.nn.optim.TableUpdate;
import io.t4rec.nn.sampling.SamplerKind;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with vectors from files, by the ids of the events: trained, shared among workers, written and read. */
class PretrainedModelTest {
    private static final int WIDTH = 6;

    @TempDir
    Path folder;

    private Workflow workflow;
    private Path vectors;

    @BeforeEach
    void prepare() throws IOException {
        StringBuilder csv = new StringBuilder("session_id,item_id,time\n");
        SplittableRandom random = new SplittableRandom(5);
        for (int session = 0; session < 60; session++) {
            int at = random.nextInt(12);
            for (int i = 0; i < 5; i++) {
                csv.append(session)
                        .append(",sku-")
                        .append((at + i) % 12)
                        .append(',')
                        .append(i)
                        .append('\n');
            }
        }
        Path input = Files.writeString(folder.resolve("events.csv"), csv);
        Path events = folder.resolve("events.parquet");
        EventImporter.run(input, EventFormat.CSV, EventFormat.EventColumns.standard(), events);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 5, false), events, schema);
        // item i and one that no event has; the vector tells i
        vectors = vectors(13, "vectors.parquet");
    }

    private Path vectors(int count, String name) {
        Path file = folder.resolve(name);
        try (Database database = Database.openInOrder()) {
            database.execute(
                    "copy (select 'sku-' || i as item_id, list_value(i, -i, 1, 0, i / 10, 0.5)::float[] as embedding"
                            + " from range(" + count + ") t(i)) to " + Database.literal(file.toString())
                            + " (format parquet)");
        }
        return file;
    }

    private static InputConfig base() {
        return new InputConfig(WIDTH, Map.of(), 2, 0.05, null, "concat", true, false, 0, 0);
    }

    private InputConfig pretrained(boolean trainable) {
        MatrixFile file = MatrixFile.of(vectors.toString());
        PretrainedConfig feature = new PretrainedConfig(file, null, null, trainable, 4, "layer-norm");
        return base().edit().pretrained(Map.of("text", feature)).build();
    }

    private InputConfig begun(boolean trainable) {
        MatrixFile file = MatrixFile.of(vectors.toString());
        return base().edit()
                .embeddingInitializers(Map.of("item_id", new TableInitializer(file, trainable)))
                .build();
    }

    private SessionModel model(InputConfig input, LossConfig loss) {
        TransformerSettings body = new TransformerSettings("gpt2", 8, 1, 1, 5, "relu", 0.1, 1e-5, 0, 8);
        ModelConfig config =
                new ModelConfig(input, new CausalMasking(false), body, new HeadConfig(true, 1, 0, 3, loss));
        try (PretrainedMatrices matrices = PretrainedMatrices.open(input, workflow.outputSchema(), workflow)) {
            return SessionModel.create(config, workflow.outputSchema(), 3, matrices);
        }
    }

    private SequenceBatch batch() {
        long[][] sequences = new long[8][];
        for (int row = 0; row < 8; row++) {
            sequences[row] = new long[4];
            for (int i = 0; i < 4; i++) {
                sequences[row][i] = workflow.vocabulary("item_id").id("sku-" + (row + i) % 12);
            }
        }
        return SequenceBatch.of("item_id", sequences);
    }

    private void train(SessionModel model, boolean rows) {
        Optimizer optimizer = new Optimizer(
                OptimizerConfig.of(OptimizerConfig.Kind.ADAM),
                List.of(model.parameters()),
                rows ? TableUpdate.LAZY : TableUpdate.DENSE,
                model.itemTableNames());
        SplittableRandom random = new SplittableRandom(1);
        Pass pass = Pass.training(new Generator(1));
        try (ItemLoss loss = model.newLoss(null)) {
            for (int i = 0; i < 5; i++) {
                try (Scope scope = Scope.open()) {
                    MaskedBatch masked = model.mask(batch(), Mode.TRAIN, random);
                    var sampler = model.newSampler(null);
                    MaskedBatch drawn = sampler == null ? masked : masked.withNegatives(sampler, random);
                    model.trainStep(drawn, 0, 8, drawn.targetCount(), rows ? pass.withRowGradients() : pass, loss);
                    try (Autograd off = Autograd.disabled()) {
                        optimizer.step(0.05);
                    }
                    Gradients.clear(model.parameters().values());
                }
            }
        }
        optimizer.release();
    }

    @Test
    void findTheVectorsOfRawIds() {
        SessionModel model = model(pretrained(false), LossConfig.defaults());
        Tensor matrix = model.frozenMatrices().get("text");
        for (int i = 0; i < 12; i++) {
            long id = workflow.vocabulary("item_id").id("sku-" + i);
            try (Scope scope = Scope.open()) {
                assertThat(matrix.select(0, id).toFloats()).startsWith(i, -i, 1, 0);
            }
        }
        try (Scope scope = Scope.open()) {
            assertThat(matrix.narrow(0, 0, 3).abs().sum().item())
                    .as("padding, null and unknown items")
                    .isZero();
        }
        model.release();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trainAMatrixOnlyWhereAsked(boolean trainable) {
        SessionModel model = model(pretrained(trainable), LossConfig.defaults());
        try (Scope scope = Scope.open()) {
            Tensor matrix = trainable
                    ? model.parameters()
                            .get("input.pretrained.text.embedding_table.weight")
                            .value()
                    : model.frozenMatrices().get("text");
            Tensor before = matrix.detach().copy();
            train(model, false);
            assertThat(matrix.detach().contentEquals(before)).isEqualTo(!trainable);
            assertThat(model.state().keySet().stream().anyMatch(name -> name.contains("pretrained.text.matrix")))
                    .as("frozen matrices are in no checkpoint")
                    .isFalse();
        }
        model.release();
    }

    /** With the table of items frozen, whichever way its gradient would go. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepAFrozenTableOverTraining(boolean sampled) {
        LossConfig loss =
                sampled ? LossConfig.sampled(LossKind.SAMPLED_SOFTMAX, SamplerKind.UNIFORM, 4) : LossConfig.defaults();
        for (boolean trainable : new boolean[] {true, false}) {
            SessionModel model = model(begun(trainable), loss);
            try (Scope scope = Scope.open()) {
                Tensor before = model.itemTable().value().detach().copy();
                Tensor position = model.parameters()
                        .get("transformer.wpe.weight")
                        .value()
                        .detach()
                        .copy();
                train(model, sampled);
                assertThat(model.itemTable().value().detach().contentEquals(before))
                        .isEqualTo(!trainable);
                assertThat(model.parameters()
                                .get("transformer.wpe.weight")
                                .value()
                                .detach()
                                .contentEquals(position))
                        .as("the rest learns")
                        .isFalse();
                assertThat(model.itemTable().rowGradient()).isNull();
            }
            model.release();
        }
    }

    @Test
    void shareTheMatrixWithTheirReplicas() {
        SessionModel model = model(pretrained(false), LossConfig.defaults());
        SessionModel replica = model.replica();
        SessionModel second = replica.replica();
        replica.release();
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            model.frozenMatrices().get("text").fillInPlace(7);
            assertThat(second.frozenMatrices().get("text").mean().item()).isEqualTo(7);
        }
        second.release();
        model.release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frozen", "trained", "table"})
    void areWholeInABundle(String kind) throws IOException {
        InputConfig input = kind.equals("table") ? begun(false) : pretrained(kind.equals("trained"));
        SessionModel model = model(input, LossConfig.defaults());
        train(model, false);
        Path bundle = folder.resolve("bundle");
        Bundle.write(bundle, model, workflow, Map.of());
        Table session = Table.of(Map.of(
                "session_id", Column.of(1, 1),
                "item_id", Column.of("sku-3", "sku-4"),
                "time", Column.of(1, 2)));
        RecommendOptions options = new RecommendOptions(false, null, Set.of());
        List<Recommendation> expected =
                new Recommender(new Bundle(model, workflow, Map.of(), "x")).recommend(session, 5, options);
        Files.delete(vectors);
        Recommender loaded = Recommender.load(bundle);
        assertThat(loaded.recommend(session, 5, options)).isEqualTo(expected);
        assertThat(Files.exists(bundle.resolve("pretrained/text.npy"))).isEqualTo(kind.equals("frozen"));
        assertThat(Files.readString(bundle.resolve("model.json"))).doesNotContain(folder.toString());

        Path again = folder.resolve("again");
        Bundle.write(again, loaded.bundle().model(), workflow, Map.of());
        assertThat(Files.readString(again.resolve("bundle.json")))
                .isEqualTo(Files.readString(bundle.resolve("bundle.json")));
        if (kind.equals("frozen")) {
            byte[] bytes = Files.readAllBytes(bundle.resolve("pretrained/text.npy"));
            bytes[bytes.length - 1] ^= 1;
            Files.delete(bundle.resolve("pretrained/text.npy")); // the open one stays as it is
            Files.write(bundle.resolve("pretrained/text.npy"), bytes);
            assertThatThrownBy(() -> Bundle.load(bundle))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("text.npy: changed since it was written");
        }
        loaded.bundle().model().release();
        model.release();
    }

    @Test
    void needAVectorOfEachItemUnlessToldOtherwise() {
        vectors = vectors(10, "some.parquet");
        assertThatThrownBy(() -> model(pretrained(false), LossConfig.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("vectors of 10 of 12 values of item_id")
                .hasMessageContaining("missing: zero");
        MatrixFile tolerant = new MatrixFile(vectors.toString(), null, null, null, "zero");
        InputConfig input = base().edit()
                .pretrained(Map.of("text", PretrainedConfig.of(tolerant)))
                .build();
        SessionModel model = model(input, LossConfig.defaults());
        try (Scope scope = Scope.open()) {
            long id = workflow.vocabulary("item_id").id("sku-11");
            assertThat(model.frozenMatrices()
                            .get("text")
                            .select(0, id)
                            .abs()
                            .sum()
                            .item())
                    .isZero();
        }
        model.release();
    }
}

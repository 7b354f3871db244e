package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.GoldenCase;
import io.t4rec.model.InputWeights;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Embedded sequences of Transformers4Rec's {@code TabularSequenceFeatures}, at every position that isn't padding. */
class SequenceInputGoldenTest {
    private static final double TOLERANCE = 1e-5;

    @TestFactory
    List<DynamicTest> embedsAsTheOriginal() throws IOException {
        return GoldenCase.files(name -> name.startsWith("tabular_")).stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
                .toList();
    }

    private static void check(Path file) throws IOException {
        try (Scope scope = Scope.open()) {
            GoldenCase golden = GoldenCase.open(file);
            Tensor expected = golden.get("out.infer");
            int width = (int) expected.size(2);
            SequenceInput input = new SequenceInput(config(golden), golden.schema(), width, new Generator(1));
            input.load(InputWeights.of(golden));
            SequenceBatch batch = golden.batch();
            for (Mode mode : List.of(Mode.INFER, Mode.TRAIN)) {
                // in training the last item is a target alone, so it isn't embedded at all
                expected = golden.get(mode == Mode.INFER ? "out.infer" : "out.train");
                MaskedSequences masked = new CausalMasking(false)
                        .apply(batch.longs("item_id"), batch.offsets(), mode, new SplittableRandom(1));
                Tensor actual = input.forward(batch, masked, 0, batch.rowCount(), Pass.inference(), Device.CPU);
                for (int row = 0; row < batch.rowCount(); row++) {
                    int length = masked.lengths()[row];
                    GoldenCase.assertNear(
                            golden.name() + " " + mode + " row " + row,
                            actual.select(0, row).narrow(0, 0, length),
                            expected.select(0, row).narrow(0, 0, length),
                            TOLERANCE);
                }
            }
            input.release();
        }
    }

    private static InputConfig config(GoldenCase golden) {
        JsonNode config = golden.description().get("config");
        Map<String, Integer> dims = new LinkedHashMap<>();
        golden.tableShapes().forEach((column, shape) -> dims.put(column, (int) shape[1]));
        JsonNode layers = config.get("continuous_projection");
        List<Integer> projection = new ArrayList<>();
        if (layers != null) {
            layers.forEach(layer -> projection.add(layer.asInt()));
        }
        boolean norm = config.path("post").asText().equals("layer-norm");
        InputConfig plain = new InputConfig(
                dims.get("item_id"),
                dims,
                2,
                0.05,
                projection,
                config.get("aggregation").asText(),
                config.has("d_output"),
                norm,
                0,
                0);
        if (!config.path("continuous_soft_embeddings").asBoolean()) {
            return plain;
        }
        return plain.edit()
                .softEmbeddings(new SoftEmbeddings(
                        null,
                        config.get("soft_embedding_cardinality_default").asInt(),
                        config.get("soft_embedding_dim_default").asInt(),
                        Map.of(),
                        Map.of(),
                        null))
                .build();
    }

    @Test
    void weighsVectorsByANumberAsTheOriginal() throws IOException {
        for (Path file : GoldenCase.files(name -> name.startsWith("soft_embedding"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                Tensor x = golden.get("in.x").unsqueeze(-1);
                Tensor table = golden.get("w.table");
                SoftEmbedding bare =
                        new SoftEmbedding((int) table.size(0), (int) table.size(1), false, 0.05, new Generator(1));
                bare.load(Map.of(
                        "embedding_table.weight",
                        table,
                        "projection_layer.weight",
                        golden.get("w.projection.weight"),
                        "projection_layer.bias",
                        golden.get("w.projection.bias")));
                GoldenCase.assertNear("bare", bare.forward(x), golden.get("out.y"), TOLERANCE);
                SoftEmbedding normalised =
                        new SoftEmbedding((int) table.size(0), (int) table.size(1), true, 0.05, new Generator(1));
                Map<String, Tensor> weights =
                        new LinkedHashMap<>(golden.startingWith("w.features.embedding_tables.price."));
                golden.startingWith("w.features.post.feature_layer_norm.price.")
                        .forEach((name, weight) -> weights.put("layer_norm." + name, weight));
                normalised.load(weights);
                GoldenCase.assertNear("normalised", normalised.forward(x), golden.get("out.features.price"), TOLERANCE);
                bare.release();
                normalised.release();
            }
        }
    }

    @Test
    void joinsAsTheOriginal() throws IOException {
        for (Path file : GoldenCase.files(name -> name.startsWith("aggregation"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                TreeMap<String, Tensor> features = new TreeMap<>(golden.startingWith("in."));
                Tensor item = features.get("item_id");
                SortedMap<String, Tensor> alike = FeatureGroup.alike(features, item.size(1));
                for (String name : List.of("concat", "element-wise-sum", "element-wise-sum-item-multi", "stack")) {
                    Tensor expected = golden.get("out." + name.replace('-', '_'));
                    Tensor actual = AggregationRegistry.get(name).apply(alike, "item_id");
                    GoldenCase.assertNear(
                            name, actual, name.equals("stack") ? expected.flatten(2, 3) : expected, TOLERANCE);
                }
                TreeMap<String, Tensor> flat = new TreeMap<>(features);
                flat.remove("user_country");
                flat.replaceAll((name, feature) -> feature.select(1, 0));
                Tensor joined = AggregationRegistry.get("concat").apply(FeatureGroup.alike(flat, 1), "item_id");
                GoldenCase.assertNear("without lists", joined, golden.get("out.concat_2d"), TOLERANCE);
            }
        }
    }

    @Test
    void looksUpAsTheOriginalAndGivesThePaddingRowNoGradient() throws IOException {
        for (Path file : GoldenCase.files(name -> name.startsWith("embedding_features"))) {
            try (Scope scope = Scope.open()) {
                GoldenCase golden = GoldenCase.open(file);
                for (String column : golden.startingWith("in.seq.").keySet()) {
                    Tensor weight = golden.get("w.seq.embedding_tables." + column + ".weight");
                    Embedding table = Embedding.padded(weight.size(0), weight.size(1), 0.05, new Generator(1));
                    table.load(Map.of("weight", weight));
                    Tensor out = table.forward(golden.get("in.seq." + column), Pass.inference());
                    GoldenCase.assertNear(column, out, golden.get("out.seq." + column), TOLERANCE);
                    if (column.equals("item_id")) {
                        out.sum().backward();
                        Tensor gradient = table.table().value().gradient();
                        GoldenCase.assertNear(
                                "gradient", gradient, golden.get("grad.seq.item_id_table_of_sum"), TOLERANCE);
                    }
                    table.release();
                }
                // of one item a bag is the lookup itself
                for (String combiner : List.of("mean", "sum")) {
                    Tensor weight = golden.get("w." + combiner + ".embedding_tables.item_id.weight");
                    GoldenCase.assertNear(
                            combiner,
                            weight.embedding(golden.get("in.item_id"), 0),
                            golden.get("out." + combiner + ".item_id"),
                            TOLERANCE);
                }
            }
        }
    }

    @Test
    void infersWidthsAsTheOriginal() throws IOException {
        Path file = Path.of(System.getProperty("t4rec.golden", "../shared/golden"), "t4rec", "embedding_sizes.json");
        Assumptions.assumeTrue(Files.exists(file), "no golden sizes at " + file);
        JsonNode sizes = new ObjectMapper().readTree(file.toFile()).get("sizes");
        assertThat(sizes).isNotEmpty();
        sizes.properties()
                .forEach(multiplier -> multiplier.getValue().properties().forEach(column -> {
                    long cardinality = Long.parseLong(column.getKey().substring(1)) + 1;
                    assertThat(SequenceInput.inferredWidth(cardinality, Double.parseDouble(multiplier.getKey())))
                            .as(column.getKey() + " by " + multiplier.getKey())
                            .isEqualTo(column.getValue().asInt());
                }));
    }
}

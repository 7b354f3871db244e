package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.nn.Pass;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.nn.transformer.BertConfig;
import io.t4rec.nn.transformer.BodyInput;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.HuggingFaceModels;
import io.t4rec.nn.transformer.SasRecConfig;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceDirectoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final BertConfig SMALL = BertConfig.build(new BuildArguments(8, 2, 2, 6, "gelu", 0.3, 1e-5, 0, 16));

    @TempDir
    Path folder;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Every model we have the original's weights of, with its whole {@code config.json}. */
    @TestFactory
    List<DynamicTest> modelsOfTheOriginalComeBackToTheLastByte() throws IOException {
        return GoldenCase.transformers().stream()
                .filter(file -> HuggingFaceModels.names().contains(modelType(file)))
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> comesBack(file)))
                .toList();
    }

    private static String modelType(Path file) {
        try (Scope opened = Scope.open()) {
            return JSON.readTree(Safetensors.read(file).metadata().get("config"))
                    .path("model_type")
                    .asText();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void comesBack(Path file) throws IOException {
        Path temporary = Files.createTempDirectory("model");
        try (Scope opened = Scope.open()) {
            Safetensors golden = Safetensors.read(file);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            golden.tensors().forEach((name, tensor) -> {
                if (name.startsWith("w.")) {
                    weights.put(name.substring(2), tensor);
                }
            });
            Path source = temporary.resolve("source");
            save(source, golden.metadata().get("config"), weights);
            HuggingFaceDirectory directory = HuggingFaceDirectory.read(source);
            TransformerBody body = directory.body();
            AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.BIDIRECTIONAL)
                    ? AttentionPattern.BIDIRECTIONAL
                    : AttentionPattern.CAUSAL;
            Tensor out = body.forward(
                    new BodyInput(golden.tensors().get("in.inputs_embeds"), null, pattern), Pass.inference());
            GoldenCase.assertNear("out.plain", out, golden.tensors().get("out.plain"), 1e-4);
            directory.write(temporary.resolve("target"), body);
            assertSame(temporary.resolve("target"), source);
            body.release();
        }
    }

    private static void assertSame(Path target, Path source) {
        for (String name : List.of("config.json", "model.safetensors")) {
            assertThat(target.resolve(name)).as(name).hasSameBinaryContentAs(source.resolve(name));
        }
    }

    private static void save(Path directory, String config, Map<String, Tensor> weights) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), config);
        try (OutputStream out = Files.newOutputStream(directory.resolve("model.safetensors"))) {
            new Safetensors(weights, Map.of("format", "pt")).write(out);
        }
    }

    private Path save(String config, Map<String, Tensor> weights) throws IOException {
        Path directory = folder.resolve("source");
        save(directory, config, weights);
        return directory;
    }

    private static String config() {
        return HuggingFaceDirectory.json(SMALL).put("my_note", "kept").toPrettyString();
    }

    private static Map<String, Tensor> weights() {
        return new LinkedHashMap<>(SMALL.create(new Generator(3)).state());
    }

    static List<TransformerConfig> architectures() {
        BuildArguments arguments = new BuildArguments(8, 2, 2, 6, "relu", 0.3, 1e-5, 0.2, 24);
        return TransformerRegistry.names().stream()
                .filter(HuggingFaceModels.names()::contains)
                .map(name -> TransformerRegistry.build(name, arguments, Map.of()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void aBodyOfOursBecomesADirectoryAndIsReadAgain(TransformerConfig config) throws IOException {
        assertThat(HuggingFaceModels.config(HuggingFaceDirectory.json(config))).isEqualTo(config);
        TransformerBody body = config.create(new Generator(3));
        HuggingFaceDirectory.write(folder.resolve("new"), config, body);
        HuggingFaceDirectory directory = HuggingFaceDirectory.read(folder.resolve("new"));
        assertThat(directory.config()).isEqualTo(config);
        assertThat(directory.unused()).isEmpty();
        Map<String, Tensor> read = directory.body().state();
        assertThat(read.keySet()).isEqualTo(body.state().keySet());
        body.state()
                .forEach((name, tensor) ->
                        assertThat(read.get(name).toFloats()).as(name).containsExactly(tensor.toFloats()));
    }

    @Test
    void everyNameOfHuggingFaceIsABodyThatCanBeBuilt() {
        assertThat(TransformerRegistry.names()).containsAll(HuggingFaceModels.names());
    }

    @Test
    void whatTheBodyHasNoUseForIsKept() throws IOException {
        Map<String, Tensor> all = weights();
        all.put("embeddings.word_embeddings.weight", Tensors.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 8));
        all.put("pooler.dense.bias", Tensors.ones(8));
        all.put("embeddings.position_ids", Tensors.of(new long[] {0, 1, 2}, 1, 3));
        Path source = save(config(), all);
        HuggingFaceDirectory directory = HuggingFaceDirectory.read(source);
        assertThat(directory.unused())
                .containsExactly("embeddings.word_embeddings.weight", "pooler.dense.bias", "embeddings.position_ids");
        directory.write(folder.resolve("target"), directory.body());
        assertSame(folder.resolve("target"), source);
    }

    @Test
    void aModelWithAHeadAndOldNamesIsReadAndWrittenUnderThem() throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("cls.predictions.bias", Tensors.ones(3));
        weights()
                .forEach((name, tensor) -> all.put(
                        "bert."
                                + name.replace("LayerNorm.weight", "LayerNorm.gamma")
                                        .replace("LayerNorm.bias", "LayerNorm.beta"),
                        tensor));
        all.put("bert.pooler.dense.bias", Tensors.ones(8));
        Path source = save(config(), all);
        HuggingFaceDirectory directory = HuggingFaceDirectory.read(source);
        assertThat(directory.unused()).containsExactly("cls.predictions.bias", "bert.pooler.dense.bias");
        TransformerBody body = directory.body();
        assertThat(body.state().get("encoder.layer.1.output.LayerNorm.weight").toFloats())
                .containsExactly(
                        all.get("bert.encoder.layer.1.output.LayerNorm.gamma").toFloats());
        directory.write(folder.resolve("target"), body);
        assertSame(folder.resolve("target"), source);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT16", "BFLOAT16"})
    void narrowWeightsStayNarrow(String type) throws IOException {
        Map<String, Tensor> all = weights();
        all.replaceAll((name, tensor) -> tensor.detach().to(DataType.valueOf(type)));
        Path source = save(config(), all);
        HuggingFaceDirectory directory = HuggingFaceDirectory.read(source);
        TransformerBody body = directory.body();
        assertThat(body.state().values()).allMatch(tensor -> tensor.dataType() == DataType.FLOAT32);
        directory.write(folder.resolve("target"), body);
        assertSame(folder.resolve("target"), source);
    }

    @Test
    void whatWasTrainedIsWritten() throws IOException {
        Path source = save(config(), weights());
        HuggingFaceDirectory directory = HuggingFaceDirectory.read(source);
        TransformerBody body = directory.body();
        body.state().get("embeddings.LayerNorm.bias").detach().fillInPlace(7);
        directory.write(folder.resolve("target"), body);
        Map<String, Tensor> written =
                Safetensors.read(folder.resolve("target/model.safetensors")).tensors();
        assertThat(written.get("embeddings.LayerNorm.bias").toFloats()).containsOnly(7);
        assertThat(List.copyOf(written.keySet()))
                .isEqualTo(List.copyOf(weights().keySet()));
        assertThat(folder.resolve("target/config.json")).hasSameBinaryContentAs(source.resolve("config.json"));
    }

    @Test
    void allThatDoesNotFitIsToldAtOnce() throws IOException {
        Map<String, Tensor> all = weights();
        all.remove("encoder.layer.0.output.dense.bias");
        all.remove("embeddings.LayerNorm.bias");
        all.put("encoder.layer.2.output.dense.bias", Tensors.ones(8));
        all.put("embeddings.position_embeddings.weight", Tensors.ones(5, 8));
        all.put("encoder.layer.1.output.dense.bias", Tensors.of(new long[8]));
        Path source = save(config(), all);
        assertThatThrownBy(() -> HuggingFaceDirectory.read(source))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("missing [embeddings.LayerNorm.bias, encoder.layer.0.output.dense.bias]")
                .hasMessageContaining("unknown [encoder.layer.2.output.dense.bias]")
                .hasMessageContaining("embeddings.position_embeddings.weight=[5, 8] (expected: [8, 8])")
                .hasMessageContaining("encoder.layer.1.output.dense.bias=INT64 (expected: FLOAT32");
    }

    @Test
    void sizesThatTheFileDoesNotHaveAreRefusedBeforeMemoryIsTaken() throws IOException {
        for (String key : List.of("hidden_size", "num_hidden_layers", "max_position_embeddings", "type_vocab_size")) {
            ObjectNode huge = HuggingFaceDirectory.json(SMALL).put(key, 2_000_000_000);
            Path source = save(huge.toString(), weights());
            assertThatThrownBy(() -> HuggingFaceDirectory.read(source))
                    .as(key)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("config.json says");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "model.pt", "weights.pth", "last.ckpt"})
    void picklesAreRefusedWithAdvice(String name) throws IOException {
        Files.writeString(folder.resolve("config.json"), config());
        Files.writeString(folder.resolve(name), "pickle");
        for (Path path : List.of(folder, folder.resolve(name))) {
            assertThatThrownBy(() -> HuggingFaceDirectory.read(path))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(name + ": a pickle file")
                    .hasMessageContaining("safe_serialization=True");
        }
    }

    @Test
    void aPickleBesideSafetensorsIsNotTouched() throws IOException {
        Path source = save(config(), weights());
        Files.writeString(source.resolve("pytorch_model.bin"), "pickle");
        assertThat(HuggingFaceDirectory.read(source).config()).isEqualTo(SMALL);
    }

    @Test
    void otherDamageIsToldWithTheFile() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        refused(empty, "config.json: no such file");
        Path shards = Files.createDirectory(folder.resolve("shards"));
        Files.writeString(shards.resolve("config.json"), config());
        Files.writeString(shards.resolve("model.safetensors.index.json"), "{}");
        refused(shards, "max_shard_size");
        refused(save("{\"model_type\": \"bert\"", weights()), "config.json: no JSON");
        refused(save("[]", weights()), "config.json: no JSON object");
        refused(save("{}", weights()), "model_type: none (expected: one of [albert, bert,");
        refused(save("{\"model_type\": \"t5\"}", weights()), "model_type: t5 (expected: one of");
        refused(save(json("is_decoder", true), weights()), "is_decoder: true");
        refused(save(json("hidden_act", "sine"), weights()), "activation: sine");
        Path torn = save(config(), weights());
        byte[] bytes = Files.readAllBytes(torn.resolve("model.safetensors"));
        Files.write(torn.resolve("model.safetensors"), java.util.Arrays.copyOf(bytes, bytes.length - 5));
        refused(torn, "model.safetensors");
    }

    private static String json(String key, Object value) {
        return HuggingFaceDirectory.json(SMALL).putPOJO(key, value).toString();
    }

    private static void refused(Path directory, String message) {
        assertThatThrownBy(() -> HuggingFaceDirectory.read(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void nothingOfSomebodyElseIsReplaced() throws IOException {
        Path source = save(config(), weights());
        HuggingFaceDirectory directory = HuggingFaceDirectory.read(source);
        Files.writeString(source.resolve("tokenizer.json"), "{}");
        TransformerBody body = directory.body();
        assertThatThrownBy(() -> directory.write(source, body))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("tokenizer.json");
        assertThat(source.resolve("tokenizer.json")).exists();
    }

    @Test
    void anArchitectureThatIsOursAloneIsNotWritten() {
        BuildArguments arguments = BuildArguments.of(8, 2, 1, 6);
        TransformerConfig config = SasRecConfig.build(arguments, SasRecConfig.Options.defaults());
        TransformerBody body = config.create(new Generator(1));
        assertThatThrownBy(() -> HuggingFaceDirectory.write(folder.resolve("x"), config, body))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model_type: sasrec (expected: one of");
        assertThat(folder.resolve("x")).doesNotExist();
    }
}

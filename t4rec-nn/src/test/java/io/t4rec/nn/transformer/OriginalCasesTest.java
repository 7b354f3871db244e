package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Small cases of Hugging Face's models in {@code src/test/resources/originals}: options that the golden vectors leave out, sequences
 * that need memory or chunks, and the gradients of all weights. Its README says how they were made.
 */
class OriginalCasesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TransformerConfig config(JsonNode config, Map<String, String> metadata) {
        String type = config.path("model_type").asText();
        if (type.equals("transfo-xl")) {
            TransfoXlConfig whole = TransfoXlConfig.fromHuggingFace(config);
            TransfoXlConfig.Options o = whole.options();
            Integer window = Integer.valueOf(Objects.requireNonNull(metadata.get("window")));
            return new TransfoXlConfig(
                    whole.dModel(),
                    whole.nLayer(),
                    whole.nHead(),
                    whole.dInner(),
                    whole.activation(),
                    whole.dropout(),
                    whole.initStd(),
                    whole.layerNormEpsilon(),
                    new TransfoXlConfig.Options(
                            o.dHead(),
                            window,
                            o.memLen(),
                            o.clampLen(),
                            o.sameLength(),
                            o.preLnorm(),
                            o.untieR(),
                            o.dropatt()));
        }
        return HuggingFaceModels.config(config);
    }

    @TestFactory
    List<DynamicTest> equalTheOriginalWithAllGradients() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(getClass().getResource("/originals"), "originals")
                .toURI());
        List<DynamicTest> tests = new ArrayList<>();
        try (var files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .forEach(file ->
                            tests.add(DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file))));
        }
        assertThat(tests).isNotEmpty();
        return tests;
    }

    private static void check(Path file) throws IOException {
        try (Scope scope = Scope.open()) {
            Safetensors original = Safetensors.read(file);
            JsonNode json = JSON.readTree(original.metadata().get("config"));
            TransformerBody body = config(json, original.metadata()).create(new Generator(1));
            body.loadOriginal(startingWith("w.", original));
            AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.BIDIRECTIONAL)
                    ? AttentionPattern.BIDIRECTIONAL
                    : AttentionPattern.CAUSAL;
            Tensor mask = original.tensors().get("in.attention_mask");
            compare(original, body, mask == null ? null : mask.ne(0), pattern);
            body.release();
        }
    }

    private static void compare(
            Safetensors original, TransformerBody body, @Nullable Tensor paddingMask, AttentionPattern pattern) {
        Map<String, Tensor> tensors = original.tensors();
        Tensor inputs = tensors.get("in.inputs_embeds").copy().requireGradient(true);
        Tensor out = body.forward(new BodyInput(inputs, paddingMask, pattern), Pass.inference());
        TransformerGoldenTest.assertNear("output", out, tensors.get("out.plain"));
        if (!tensors.containsKey("grad.plain")) {
            return; // the original back-propagates through whole chunks alone
        }
        float[] g = new float[(int) out.elements()];
        for (int i = 0; i < g.length; i++) {
            g[i] = -1 + 2f * i / (g.length - 1);
        }
        out.backward(Tensors.of(g, out.shape()));
        TransformerGoldenTest.assertNear("gradient of input", inputs.gradient(), tensors.get("grad.plain"));
        startingWith("wgrad.", original).forEach((name, expected) -> {
            if (!body.ignores(name)) {
                Tensor gradient = Objects.requireNonNull(body.parameters().get(name), name)
                        .value()
                        .gradient();
                Tensor actual = gradient == null ? Tensors.zerosLike(expected) : gradient;
                TransformerGoldenTest.assertNear("gradient of " + name, actual, expected);
            }
        });
    }

    private static Map<String, Tensor> startingWith(String prefix, Safetensors file) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), tensor);
            }
        });
        return found;
    }
}

package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.nn.Pass;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every golden file of an architecture we have: outputs and input gradients of Hugging Face's model, to 1e-4 relative.
 *
 * <p>The originals of ConvBERT and Funnel have a defect that our bodies don't copy: the convolution of the one and the pooling of the
 * other take padding for items. With padding we compare bodies that are asked to do the same; that by default padding changes
 * nothing is shown by {@link BodyPropertiesTest} and by the comparison of rows here.
 */
class TransformerGoldenTest {
    private static final double TOLERANCE = 1e-4;

    private record Case(String name, TransformerConfig config, Map<String, Tensor> tensors) {}

    @TestFactory
    List<DynamicTest> equalsHuggingFace() throws IOException {
        Path folder =
                Path.of(System.getProperty("t4rec.golden", "../shared/golden")).resolve("transformers");
        Assumptions.assumeTrue(Files.isDirectory(folder), "no golden vectors at " + folder);
        List<DynamicTest> tests = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                if (file.toString().endsWith(".safetensors")
                        && HuggingFaceModels.names().contains(modelType(file))) {
                    tests.add(DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
                }
            }
        }
        assertThat(tests).isNotEmpty();
        return tests;
    }

    private static String modelType(Path file) throws IOException {
        try (Scope scope = Scope.open()) {
            return config(Safetensors.read(file)).path("model_type").asText();
        }
    }

    private static JsonNode config(Safetensors file) throws IOException {
        return new ObjectMapper().readTree(file.metadata().get("config"));
    }

    private static void check(Path file) throws IOException {
        try (Scope scope = Scope.open()) {
            Safetensors golden = Safetensors.read(file);
            JsonNode json = config(golden);
            TransformerConfig config = HuggingFaceModels.config(json);
            Case c = new Case(file.getFileName().toString(), config, golden.tensors());
            TransformerBody body = config.create(new Generator(1));
            Map<String, Tensor> weights = new LinkedHashMap<>();
            golden.tensors().forEach((name, tensor) -> {
                if (name.startsWith("w.")) {
                    weights.put(name.substring(2), tensor);
                }
            });
            body.loadOriginal(weights);
            AttentionPattern pattern = body.patterns().contains(AttentionPattern.Kind.BIDIRECTIONAL)
                    ? AttentionPattern.BIDIRECTIONAL
                    : AttentionPattern.CAUSAL;
            compare(c, body, "plain", null, pattern);
            Tensor mask = golden.tensors().get("in.attention_mask");
            if (mask != null) {
                TransformerBody pads = padsAsOriginal(config, weights);
                compare(c, pads == null ? body : pads, "padded", mask.ne(0), pattern);
                compareRowsAlone(c, body, mask.ne(0), pattern);
            }
            Tensor blocked = golden.tensors().get("in.perm_mask");
            if (blocked != null) {
                Tensor mapping = golden.tensors().get("in.target_mapping");
                compare(c, body, "perm", null, new AttentionPattern.Permutation(blocked, mapping));
            }
            body.release();
        }
    }

    /** A body with the original's defect, or null when it has none. */
    private static @Nullable TransformerBody padsAsOriginal(TransformerConfig config, Map<String, Tensor> weights) {
        TransformerConfig pads = null;
        if (config instanceof ConvBertConfig convBert) {
            pads = convBert.asHuggingFacePads();
        } else if (config instanceof FunnelConfig funnel) {
            pads = funnel.asHuggingFacePads();
        }
        if (pads == null) {
            return null;
        }
        TransformerBody body = pads.create(new Generator(1));
        body.loadOriginal(weights);
        return body;
    }

    /** Real positions of a padded batch have the states of their row alone, which equal the original's where a row is full. */
    private static void compareRowsAlone(Case c, TransformerBody body, Tensor paddingMask, AttentionPattern pattern) {
        Tensor inputs = c.tensors.get("in.inputs_embeds");
        Tensor padded = body.forward(new BodyInput(inputs, paddingMask, pattern), Pass.inference());
        long[] lengths = paddingMask.to(DataType.INT64).sum(1, false).toLongs();
        for (int row = 0; row < lengths.length; row++) {
            Tensor input = inputs.narrow(0, row, 1).narrow(1, 0, lengths[row]);
            Tensor alone = body.forward(new BodyInput(input, null, pattern), Pass.inference());
            Tensor real = padded.narrow(0, row, 1).narrow(1, 0, lengths[row]);
            assertNear(c.name + " row " + row + " alone", real, alone.detach());
        }
    }

    private static void compare(
            Case c, TransformerBody body, String tag, @Nullable Tensor paddingMask, AttentionPattern pattern) {
        Tensor inputs = c.tensors.get("in.inputs_embeds").copy().requireGradient(true);
        Tensor out = body.forward(new BodyInput(inputs, paddingMask, pattern), Pass.inference());
        assertNear(c.name + " out." + tag, out, c.tensors.get("out." + tag));
        if (!c.tensors.containsKey("grad." + tag)) {
            return; // Reformer can't back-propagate in evaluation mode, see OriginalCasesTest
        }
        float[] g = new float[(int) out.elements()];
        for (int i = 0; i < g.length; i++) {
            g[i] = -1 + 2f * i / (g.length - 1);
        }
        out.backward(Tensors.of(g, out.shape()));
        assertNear(c.name + " grad." + tag, inputs.gradient(), c.tensors.get("grad." + tag));
    }

    static void assertNear(String what, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        double difference = max(actual.detach().sub(expected).abs());
        double scale = Math.max(1, max(expected.abs()));
        assertThat(difference / scale)
                .as(what + ": largest relative difference")
                .isLessThan(TOLERANCE);
    }

    private static double max(Tensor tensor) {
        return tensor.flatten(0, -1).max(0, false).item();
    }
}

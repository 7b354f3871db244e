package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * Architectures by the {@code model_type} of Hugging Face's {@code config.json}. Register your own before files are read; safe for
 * many threads.
 */
public final class HuggingFaceModels {
    private static final Map<String, Function<JsonNode, TransformerConfig>> READERS = new ConcurrentSkipListMap<>();

    static {
        register("albert", AlbertConfig::fromHuggingFace);
        register("bert", BertConfig::fromHuggingFace);
        register("convbert", ConvBertConfig::fromHuggingFace);
        register("deberta", DebertaConfig::fromHuggingFace);
        register("deberta-v2", DebertaV2Config::fromHuggingFace);
        register("distilbert", DistilBertConfig::fromHuggingFace);
        register("electra", ElectraConfig::fromHuggingFace);
        register("funnel", FunnelConfig::fromHuggingFace);
        register("gpt2", Gpt2Config::fromHuggingFace);
        register("longformer", LongformerConfig::fromHuggingFace);
        register("megatron-bert", MegatronBertConfig::fromHuggingFace);
        register("mpnet", MpNetConfig::fromHuggingFace);
        register("reformer", ReformerConfig::fromHuggingFace);
        register("roberta", RobertaConfig::fromHuggingFace);
        register("roformer", RoFormerConfig::fromHuggingFace);
        register("transfo-xl", TransfoXlConfig::fromHuggingFace);
        register("xlnet", XlNetConfig::fromHuggingFace);
    }

    private HuggingFaceModels() {}

    /**
     * Adds an architecture.
     *
     * @param reader of a {@code config.json}; a key that is missing there has the original's default
     * @throws IllegalArgumentException when the name is taken
     */
    public static void register(String modelType, Function<JsonNode, TransformerConfig> reader) {
        if (READERS.putIfAbsent(modelType, reader) != null) {
            throw new IllegalArgumentException("model_type: " + modelType + " (expected: one not registered before)");
        }
    }

    /** All names in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(READERS.keySet());
    }

    /**
     * Reads a configuration.
     *
     * @param json the content of {@code config.json}
     * @throws IllegalArgumentException for a {@code model_type} that is missing or not registered, and for values that the
     *     architecture refuses
     */
    public static TransformerConfig config(JsonNode json) {
        String name = json.path("model_type").asText("");
        Function<JsonNode, TransformerConfig> reader = READERS.get(name);
        if (reader == null) {
            throw new IllegalArgumentException(
                    "model_type: " + (name.isEmpty() ? "none" : name) + " (expected: one of " + names() + ")");
        }
        return reader.apply(json);
    }
}

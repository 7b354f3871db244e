package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads fields of a Hugging Face {@code config.json}; a missing field gives the default. */
final class HuggingFaceConfig {
    private final JsonNode json;

    HuggingFaceConfig(JsonNode json, String modelType) {
        this.json = json;
        String type = json.path("model_type").asText(modelType);
        if (!type.equals(modelType)) {
            throw new IllegalArgumentException("model_type: " + type + " (expected: " + modelType + ")");
        }
    }

    /**
     * Refuses what makes an encoder another model: a decoder, attention to a second model, heads cut out.
     *
     * @throws IllegalArgumentException when the file asks for it
     */
    HuggingFaceConfig encoderOnly() {
        for (String name : List.of("is_decoder", "add_cross_attention")) {
            if (flag(name, false)) {
                throw new IllegalArgumentException(name + ": true (expected: false; this body sees both directions)");
            }
        }
        if (!json.path("pruned_heads").isEmpty()) {
            throw new IllegalArgumentException(
                    "pruned_heads: " + json.get("pruned_heads") + " (expected: none; save the model with all heads)");
        }
        return this;
    }

    int integer(String name, int missing) {
        return json.hasNonNull(name) ? json.get(name).asInt() : missing;
    }

    @Nullable
    Integer integerOrNull(String name) {
        return json.hasNonNull(name) ? json.get(name).asInt() : null;
    }

    double real(String name, double missing) {
        return json.hasNonNull(name) ? json.get(name).asDouble() : missing;
    }

    String text(String name, String missing) {
        return json.hasNonNull(name) ? json.get(name).asText() : missing;
    }

    boolean flag(String name, boolean missing) {
        return json.hasNonNull(name) ? json.get(name).asBoolean() : missing;
    }

    /** A list of words, or words joined by {@code |}; empty when missing. */
    List<String> texts(String name) {
        JsonNode value = json.path(name);
        if (value.isTextual()) {
            return split(value.asText());
        }
        List<String> texts = new ArrayList<>();
        value.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** A list of whole numbers. */
    List<Integer> integers(String name, List<Integer> missing) {
        if (!json.hasNonNull(name)) {
            return missing;
        }
        List<Integer> numbers = new ArrayList<>();
        json.get(name).forEach(number -> numbers.add(number.asInt()));
        return numbers;
    }

    private static List<String> split(String words) {
        return Arrays.stream(words.split("\\|"))
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** @throws IllegalArgumentException when the flag is set, for a part of an architecture that is not here */
    void refuse(String flag) {
        if (flag(flag, false)) {
            throw new IllegalArgumentException(flag + ": true (expected: false)");
        }
    }
}

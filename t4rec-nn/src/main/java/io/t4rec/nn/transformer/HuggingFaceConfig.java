package io.t4rec.nn.transformer;

import com.fasterxml.jackson.databind.JsonNode;

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

    int integer(String name, int missing) {
        return json.hasNonNull(name) ? json.get(name).asInt() : missing;
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
}

package io.t4rec.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies as JSON: read strictly, since what a lenient reader skips would be a wrong answer without a word. */
final class Json {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_DIGITS = 64;
    private static final int MAX_NAME = 1_000;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_DIGITS)
                            .maxNameLength(MAX_NAME)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    /**
     * Reads one JSON object in UTF-8.
     *
     * @throws RequestException for anything else, also for a key that comes twice, text behind the object, nesting deeper than
     *     32, numbers longer than 64 characters
     */
    static ObjectNode parse(byte[] body) {
        if (body.length > 1 && (body[0] == 0 || body[1] == 0 || (body[0] & 0xFE) == 0xFE)) {
            throw RequestException.bad("body: in UTF-16 or UTF-32 (expected: JSON in UTF-8)");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw RequestException.bad("body"
                    + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr())
                    + ": not JSON as expected (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw RequestException.bad("body: not JSON in UTF-8 (" + e.getMessage() + ")");
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw RequestException.bad("body: " + (node.isMissingNode() ? "empty" : node) + " (expected: a JSON object)");
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plain values, lists and maps as JSON. */
    static JsonNode of(Object plain) {
        return MAPPER.valueToTree(plain);
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /**
     * Refuses what is no object, and keys that nobody reads.
     *
     * @param where the object is in the request, for the message; empty for the body itself
     */
    static void checkKeys(JsonNode object, Collection<String> known, String where) {
        if (!object.isObject()) {
            throw RequestException.bad(where + ": " + object + " (expected: an object)");
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!known.contains(field.getKey())) {
                throw RequestException.bad((where.isEmpty() ? "" : where + ".") + field.getKey()
                        + ": unknown (expected: " + Names.expectation(field.getKey(), known) + ")");
            }
        }
    }

    /** A flag; absent and null are false. */
    static boolean flag(@Nullable JsonNode node, String where) {
        if (node == null || node.isNull()) {
            return false;
        }
        if (!node.isBoolean()) {
            throw RequestException.bad(where + ": " + node + " (expected: true or false)");
        }
        return node.booleanValue();
    }

    /**
     * A whole number.
     *
     * @param otherwise for absent and null
     */
    static int integer(@Nullable JsonNode node, int otherwise, int min, int max, String where) {
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < min || node.intValue() > max) {
            throw RequestException.bad(where + ": " + node + " (expected: " + min + " to " + max + ")");
        }
        return node.intValue();
    }
}

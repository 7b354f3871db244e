package io.t4rec.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON form of TensorFlow Metadata: camel case, enum names, 64-bit integers as text. Unknown keys are ignored. */
final class SchemaJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SchemaJson() {}

    static Schema parse(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new SchemaException(
                    "line " + e.getLocation().getLineNr() + ": not JSON (" + e.getOriginalMessage() + ")", e);
        }
        List<ColumnSchema> columns = new ArrayList<>();
        for (JsonNode feature : root.path("feature")) {
            columns.add(feature(feature).toColumn());
        }
        return Schema.of(columns);
    }

    private static Feature feature(JsonNode node) {
        List<String> tags = new ArrayList<>();
        node.path("annotation").path("tag").forEach(tag -> tags.add(tag.asText()));
        Map<String, Object> extra = new LinkedHashMap<>();
        JsonNode metadata = node.path("annotation").path("extraMetadata");
        if (metadata.size() > 1) {
            throw new SchemaException("feature " + node.path("name").asText() + ": " + metadata.size()
                    + " entries of extraMetadata (expected: at most 1)");
        }
        metadata.forEach(entry -> extra.putAll(JSON.convertValue(entry, new TypeReference<Map<String, Object>>() {})));
        extra.remove("@type");
        List<Long> dimensions = new ArrayList<>();
        node.path("shape")
                .path("dim")
                .forEach(dim -> dimensions.add(dim.path("size").asLong()));
        JsonNode count = node.has("valueCount")
                ? node.path("valueCount")
                : node.path("valueCounts").path("valueCount").path(0);
        JsonNode ints = node.path("intDomain");
        JsonNode floats = node.path("floatDomain");
        return new Feature(
                node.path("name").asText(),
                node.has("type") ? node.path("type").asText() : null,
                count.isObject()
                        ? new long[] {
                            count.path("min").asLong(), count.path("max").asLong()
                        }
                        : null,
                dimensions,
                ints.isObject()
                        ? new IntDomain(
                                ints.path("min").asLong(), ints.path("max").asLong(), text(ints))
                        : null,
                ints.path("isCategorical").asBoolean(),
                floats.isObject()
                        ? new FloatDomain(
                                floats.path("min").asDouble(),
                                floats.path("max").asDouble(),
                                text(floats))
                        : null,
                tags,
                extra);
    }

    private static @Nullable String text(JsonNode domain) {
        return domain.hasNonNull("name") ? domain.path("name").asText() : null;
    }

    static String toJson(Schema schema) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode features = root.putArray("feature");
        for (ColumnSchema column : schema.columns()) {
            write(features.addObject(), Feature.of(column));
        }
        return root.toPrettyString() + "\n";
    }

    private static void write(ObjectNode node, Feature feature) {
        node.put("name", feature.name());
        if (feature.type() != null) {
            node.put("type", feature.type());
        }
        long[] count = feature.valueCount();
        if (count != null) {
            node.putObject("valueCount").put("min", String.valueOf(count[0])).put("max", String.valueOf(count[1]));
        }
        IntDomain ints = feature.intDomain();
        if (ints != null) {
            ObjectNode domain = node.putObject("intDomain");
            if (ints.name() != null) {
                domain.put("name", ints.name());
            }
            domain.put("min", String.valueOf(ints.min())).put("max", String.valueOf(ints.max()));
            domain.put("isCategorical", feature.categorical());
        }
        FloatDomain floats = feature.floatDomain();
        if (floats != null) {
            ObjectNode domain = node.putObject("floatDomain");
            if (floats.name() != null) {
                domain.put("name", floats.name());
            }
            domain.put("min", floats.min()).put("max", floats.max());
        }
        ObjectNode annotation = node.putObject("annotation");
        ArrayNode tags = annotation.putArray("tag");
        feature.tags().forEach(tags::add);
        annotation.putArray("extraMetadata").addPOJO(feature.extra());
    }
}

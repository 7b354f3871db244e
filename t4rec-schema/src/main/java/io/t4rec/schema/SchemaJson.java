package io.t4rec.schema;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.DynamicMessage;

/**
 * The JSON form of TensorFlow Metadata: camel case, enum names, 64-bit integers as text, {@code extraMetadata} as plain objects.
 * Also read: the names of the text form, numbers as numbers. Keys that TensorFlow Metadata doesn't have are skipped, because the
 * files of Transformers4Rec hold some.
 */
final class SchemaJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SchemaJson() {}

    static Schema parse(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            JsonLocation place = e.getLocation();
            String where = place == null ? "" : "line " + place.getLineNr() + ", column " + place.getColumnNr() + ": ";
            throw new SchemaException(where + "not JSON (" + e.getOriginalMessage() + ")", e);
        }
        DynamicMessage.Builder schema = DynamicMessage.newBuilder(TfMetadata.SCHEMA);
        ProtoJson.read(root, schema, "");
        return SchemaMessage.toSchema(schema.build(), i -> "");
    }

    static String toJson(Schema schema) {
        return ProtoJson.write(SchemaMessage.of(schema)).toPrettyString() + "\n";
    }
}

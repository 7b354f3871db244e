package io.t4rec.schema;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A schema as a message of TensorFlow Metadata: the common ground of the text and the JSON form. */
final class SchemaMessage {
    private SchemaMessage() {}

    /**
     * Reads the message. A feature that is repeated word by word counts once: published schemas of Transformers4Rec have such.
     *
     * @param place where the feature of an index stands in its file, for the beginning of an error
     * @throws SchemaException for a feature that is wrong in itself
     */
    static Schema toSchema(Message message, IntFunction<String> place) {
        List<Message> features = Protos.messages(message, "feature");
        if (features.isEmpty()) {
            throw new SchemaException("feature: none (expected: at least one; is the file cut off?)");
        }
        Map<String, ColumnSchema> columns = new LinkedHashMap<>();
        for (int i = 0; i < features.size(); i++) {
            Message feature = features.get(i);
            if (Protos.text(feature, "name").isEmpty()) {
                throw new SchemaException(
                        place.apply(i) + "feature " + (i + 1) + " of " + features.size() + ": no name (expected: one)");
            }
            try {
                ColumnSchema column = new FeatureReader(feature, message).column();
                ColumnSchema earlier = columns.putIfAbsent(column.name(), column);
                if (earlier != null && !earlier.equals(column)) {
                    throw new SchemaException(
                            "column " + column.name() + ": twice, with different contents (expected: once)");
                }
            } catch (SchemaException e) {
                throw new SchemaException(place.apply(i) + e.getMessage(), e);
            }
        }
        Message.Builder rest = message.toBuilder();
        Protos.clear(rest, "feature");
        return Schema.of(columns.values(), ProtoJson.toMap(rest.build()));
    }

    /** @throws SchemaException for a schema without columns, since its file could not be told from one that is cut off */
    static Message of(Schema schema) {
        if (schema.size() == 0) {
            throw new SchemaException("schema: no columns (expected: at least one to write)");
        }
        DynamicMessage.Builder message = DynamicMessage.newBuilder(TfMetadata.SCHEMA);
        for (ColumnSchema column : schema.columns()) {
            Protos.add(message, "feature", FeatureWriter.write(column));
        }
        Map<String, @Nullable Object> metadata = schema.metadata();
        ProtoJson.readPlain(metadata, message, "");
        return message.build();
    }
}

package io.t4rec.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import com.google.protobuf.AnyProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages to and from JSON by protobuf's rules, save that an {@code Any} is the plain object of the {@code Struct} it holds, as
 * Merlin writes it. Keys without a field are skipped.
 */
final class ProtoJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Descriptor ANY = AnyProto.getDescriptor().findMessageTypeByName("Any");

    private ProtoJson() {}

    /** The object that a JSON text holds, or null when it is something else. */
    static @Nullable Map<String, @Nullable Object> object(String text) {
        try {
            JsonNode tree = text.startsWith("{") ? JSON.readTree(text) : null;
            return tree == null ? null : JSON.convertValue(tree, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** The tree as plain maps, lists and values. */
    static Map<String, @Nullable Object> toMap(Message message) {
        return JSON.convertValue(write(message), new TypeReference<>() {});
    }

    /**
     * Reads plain maps, lists and values into a message.
     *
     * @throws SchemaException for a value of another type than the field's; the message begins with the path
     */
    static void readPlain(Object map, Message.Builder message, String path) {
        JsonNode tree = JSON.valueToTree(map);
        read(tree, message, path);
    }

    /**
     * Reads a tree into a message.
     *
     * @param path of the tree, for errors
     * @throws SchemaException for a value of another type than the field's; the message begins with the path
     */
    static void read(JsonNode node, Message.Builder message, String path) {
        if (!node.isObject()) {
            throw unexpected(path.isEmpty() ? "schema" : path, node, "an object");
        }
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            JsonNode value = node.has(field.getJsonName()) ? node.get(field.getJsonName()) : node.get(field.getName());
            if (value == null || value.isNull()) {
                continue;
            }
            String inner = path.isEmpty() ? field.getJsonName() : path + "." + field.getJsonName();
            if (TfMetadata.isMap(field)) {
                readMap(value, field, message, inner);
            } else if (field.isRepeated()) {
                if (!value.isArray()) {
                    throw unexpected(inner, value, "a list");
                }
                for (int i = 0; i < value.size(); i++) {
                    message.addRepeatedField(field, value(value.get(i), field, message, inner + "[" + i + "]"));
                }
            } else {
                message.setField(field, value(value, field, message, inner));
            }
        }
    }

    private static void readMap(JsonNode node, FieldDescriptor field, Message.Builder message, String path) {
        if (!node.isObject()) {
            throw unexpected(path, node, "an object");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            ObjectNode pair = NODES.objectNode().put("key", entry.getKey());
            pair.set("value", entry.getValue());
            message.addRepeatedField(field, value(pair, field, message, path + "." + entry.getKey()));
        }
    }

    private static Object value(JsonNode node, FieldDescriptor field, Message.Builder message, String path) {
        return switch (field.getJavaType()) {
            case STRING -> {
                if (!node.isTextual()) {
                    throw unexpected(path, node, "text");
                }
                yield node.textValue();
            }
            case BOOLEAN -> {
                if (!node.isBoolean()) {
                    throw unexpected(path, node, "true or false");
                }
                yield node.booleanValue();
            }
            case LONG -> integer(node, path);
            case DOUBLE -> number(node, path);
            case ENUM -> enumValue(node, field, path);
            case BYTE_STRING -> bytes(node, path);
            case MESSAGE -> {
                if (field.getMessageType().getFullName().equals(ANY.getFullName())) {
                    yield any(node, path);
                }
                Message.Builder inner = message.newBuilderForField(field);
                read(node, inner, path);
                yield inner.build();
            }
            default -> throw new IllegalStateException(field.getFullName());
        };
    }

    private static Long integer(JsonNode node, String path) {
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        double real = node.isNumber() ? node.doubleValue() : Double.NaN;
        if (real == Math.rint(real) && Math.abs(real) <= 1L << 53) {
            return (long) real;
        }
        try {
            if (node.isTextual()) {
                return Long.parseLong(node.textValue());
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw unexpected(path, node, "an integer of 64 bits");
    }

    private static Double number(JsonNode node, String path) {
        try {
            if (node.isNumber()) {
                return node.doubleValue();
            }
            if (node.isTextual()) {
                return Double.parseDouble(node.textValue());
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw unexpected(path, node, "a number");
    }

    private static EnumValueDescriptor enumValue(JsonNode node, FieldDescriptor field, String path) {
        EnumValueDescriptor value = node.isTextual()
                ? field.getEnumType().findValueByName(node.textValue())
                : node.isInt() ? field.getEnumType().findValueByNumber(node.intValue()) : null;
        if (value == null) {
            throw unexpected(path, node, "one of " + field.getEnumType().getValues());
        }
        return value;
    }

    private static ByteString bytes(JsonNode node, String path) {
        try {
            if (node.isTextual()) {
                return ByteString.copyFrom(Base64.getDecoder().decode(node.textValue()));
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw unexpected(path, node, "bytes in base 64");
    }

    /** A plain object, or one of protobuf's spellings of an {@code Any} that holds a {@code Struct}. */
    private static Message any(JsonNode node, String path) {
        if (!node.isObject()) {
            throw unexpected(path, node, "an object");
        }
        JsonNode value = node.path("value");
        if (node.has("typeUrl") && value.isTextual()) {
            Any any = Any.newBuilder()
                    .setTypeUrl(node.path("typeUrl").asText())
                    .setValue(bytes(value, path + ".value"))
                    .build();
            return DynamicMessage.newBuilder(ANY).mergeFrom(any).build();
        }
        JsonNode plain = node.has("@type") && value.isObject() ? value : node;
        Map<String, @Nullable Object> map = JSON.convertValue(plain, new TypeReference<>() {});
        map.remove("@type");
        return ProtoStruct.pack(JsonValues.normalise(path, map));
    }

    private static SchemaException unexpected(String path, JsonNode node, String expected) {
        String shown = node.isContainerNode() || node.isMissingNode()
                ? node.getNodeType().name().toLowerCase(Locale.ROOT)
                : node.toString();
        return new SchemaException(path + ": " + shown + " (expected: " + expected + ")");
    }

    /** The tree of a message: fields in order, absent ones left out. */
    static ObjectNode write(Message message) {
        ObjectNode node = NODES.objectNode();
        message.getAllFields().forEach((field, value) -> {
            if (TfMetadata.isMap(field)) {
                ObjectNode map = node.putObject(field.getJsonName());
                for (Object entry : (List<?>) value) {
                    Message content = Protos.message((Message) entry, "value");
                    map.set(Protos.text((Message) entry, "key"), content == null ? NODES.objectNode() : write(content));
                }
            } else if (field.isRepeated()) {
                ArrayNode list = node.putArray(field.getJsonName());
                ((List<?>) value).forEach(element -> list.add(node(element)));
            } else {
                node.set(field.getJsonName(), node(value));
            }
        });
        return node;
    }

    private static JsonNode node(Object value) {
        if (value instanceof Long number) {
            return NODES.textNode(number.toString());
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? NODES.numberNode(number) : NODES.textNode(number.toString());
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        if (value instanceof ByteString bytes) {
            return NODES.textNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
        if (value instanceof Message message) {
            return message.getDescriptorForType().getFullName().equals(ANY.getFullName())
                    ? JSON.valueToTree(ProtoStruct.unpack("extra_metadata", message))
                    : write(message);
        }
        return NODES.textNode(value.toString());
    }
}

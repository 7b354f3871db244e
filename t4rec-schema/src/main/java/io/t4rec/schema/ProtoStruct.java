package io.t4rec.schema;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain maps to and from protobuf's {@code Struct}, packed in an {@code Any}. */
final class ProtoStruct {
    private ProtoStruct() {}

    static Any pack(Map<String, @Nullable Object> map) {
        return Any.pack(of(map));
    }

    /**
     * The map that an {@code Any} holds.
     *
     * @param where for errors
     * @throws SchemaException unless it holds a {@code Struct}
     */
    static Map<String, @Nullable Object> unpack(String where, Message any) {
        String type = Protos.text(any, "type_url");
        if (!type.isEmpty() && !type.endsWith("/" + Struct.getDescriptor().getFullName())) {
            throw new SchemaException(where + ": of type " + type + " (expected: google.protobuf.Struct)");
        }
        ByteString bytes = (ByteString) any.getField(any.getDescriptorForType().findFieldByName("value"));
        try {
            return JsonValues.normalise(where, toMap(Struct.parseFrom(bytes)));
        } catch (InvalidProtocolBufferException e) {
            throw new SchemaException(
                    where + ": damaged (" + e.getMessage() + ") (expected: a google.protobuf.Struct)", e);
        }
    }

    private static Struct of(Map<?, ?> map) {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((key, value) -> struct.putFields(String.valueOf(key), value(value)));
        return struct.build();
    }

    private static Value value(@Nullable Object value) {
        Value.Builder out = Value.newBuilder();
        if (value instanceof String text) {
            out.setStringValue(text);
        } else if (value instanceof Boolean flag) {
            out.setBoolValue(flag);
        } else if (value instanceof Number number) {
            out.setNumberValue(number.doubleValue());
        } else if (value instanceof List<?> list) {
            ListValue.Builder values = ListValue.newBuilder();
            list.forEach(element -> values.addValues(value(element)));
            out.setListValue(values);
        } else if (value instanceof Map<?, ?> map) {
            out.setStructValue(of(map));
        } else {
            out.setNullValue(NullValue.NULL_VALUE);
        }
        return out.build();
    }

    private static Map<String, @Nullable Object> toMap(Struct struct) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((key, value) -> map.put(key, plain(value)));
        return map;
    }

    private static @Nullable Object plain(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case NUMBER_VALUE -> value.getNumberValue();
            case STRUCT_VALUE -> toMap(value.getStructValue());
            case LIST_VALUE -> {
                List<@Nullable Object> list = new ArrayList<>();
                value.getListValue().getValuesList().forEach(element -> list.add(plain(element)));
                yield list;
            }
            default -> null;
        };
    }
}

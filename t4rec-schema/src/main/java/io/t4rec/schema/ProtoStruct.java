package io.t4rec.schema;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain maps to and from protobuf's {@code Struct}. */
final class ProtoStruct {
    private ProtoStruct() {}

    static Struct of(Map<?, ?> map) {
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

    static Map<String, Object> toMap(Struct struct) {
        Map<String, Object> map = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((key, value) -> {
            Object plain = plain(value);
            if (plain != null) {
                map.put(key, plain);
            }
        });
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

package io.t4rec.schema;

import com.google.protobuf.Any;
import com.google.protobuf.AnyProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TypeRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text form of TensorFlow Metadata ({@code schema.pbtxt}). Both spellings of {@code extra_metadata} are read: escaped bytes
 * and the expanded message. Fields that mean nothing here are skipped.
 */
final class SchemaText {
    private static final FileDescriptor FILE = file();
    private static final Descriptor SCHEMA = FILE.findMessageTypeByName("Schema");
    private static final Descriptor FEATURE = FILE.findMessageTypeByName("Feature");

    private SchemaText() {}

    static Schema parse(String text) {
        DynamicMessage.Builder schema = DynamicMessage.newBuilder(SCHEMA);
        TextFormat.Parser parser = TextFormat.Parser.newBuilder()
                .setAllowUnknownFields(true)
                .setTypeRegistry(
                        TypeRegistry.newBuilder().add(Struct.getDescriptor()).build())
                .build();
        try {
            parser.merge(text, schema);
        } catch (TextFormat.ParseException e) {
            throw new SchemaException(
                    "line " + e.getLine() + ", column " + e.getColumn() + ": not a schema (" + e.getMessage() + ")", e);
        }
        List<ColumnSchema> columns = new ArrayList<>();
        for (Message feature : messages(schema.build(), "feature")) {
            columns.add(feature(feature).toColumn());
        }
        return Schema.of(columns);
    }

    private static Feature feature(Message message) {
        String name = (String) get(message, "name");
        Message annotation = message(message, "annotation");
        List<String> tags = new ArrayList<>();
        Map<String, Object> extra = new LinkedHashMap<>();
        if (annotation != null) {
            ((List<?>) get(annotation, "tag")).forEach(tag -> tags.add((String) tag));
            List<Message> metadata = messages(annotation, "extra_metadata");
            if (metadata.size() > 1) {
                throw new SchemaException("feature " + name + ": " + metadata.size()
                        + " entries of extra_metadata (expected: at most 1)");
            }
            metadata.forEach(any -> extra.putAll(struct(name, any)));
        }
        List<Long> dimensions = new ArrayList<>();
        Message shape = message(message, "shape");
        if (shape != null) {
            messages(shape, "dim").forEach(dim -> dimensions.add((Long) get(dim, "size")));
        }
        Message ints = message(message, "int_domain");
        Message floats = message(message, "float_domain");
        return new Feature(
                name,
                has(message, "type") ? get(message, "type").toString() : null,
                valueCount(message),
                dimensions,
                ints == null ? null : new IntDomain((Long) get(ints, "min"), (Long) get(ints, "max"), name(ints)),
                ints != null && (Boolean) get(ints, "is_categorical"),
                floats == null
                        ? null
                        : new FloatDomain((Float) get(floats, "min"), (Float) get(floats, "max"), name(floats)),
                tags,
                extra);
    }

    private static long @Nullable [] valueCount(Message feature) {
        Message count = message(feature, "value_count");
        Message counts = message(feature, "value_counts");
        if (count == null && counts != null && !messages(counts, "value_count").isEmpty()) {
            count = messages(counts, "value_count").get(0);
        }
        return count == null ? null : new long[] {(Long) get(count, "min"), (Long) get(count, "max")};
    }

    private static @Nullable String name(Message domain) {
        return has(domain, "name") ? (String) get(domain, "name") : null;
    }

    private static Map<String, Object> struct(String feature, Message any) {
        try {
            return ProtoStruct.toMap(Struct.parseFrom((ByteString) get(any, "value")));
        } catch (InvalidProtocolBufferException e) {
            throw new SchemaException("feature " + feature + ": extra_metadata is damaged (" + e.getMessage() + ")", e);
        }
    }

    static String toText(Schema schema) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(SCHEMA);
        for (ColumnSchema column : schema.columns()) {
            message.addRepeatedField(SCHEMA.findFieldByName("feature"), message(Feature.of(column)));
        }
        return TextFormat.printer().escapingNonAscii(false).printToString(message.build());
    }

    private static Message message(Feature feature) {
        DynamicMessage.Builder out = DynamicMessage.newBuilder(FEATURE);
        set(out, "name", feature.name());
        if (feature.type() != null) {
            out.setField(
                    FEATURE.findFieldByName("type"),
                    FILE.findEnumTypeByName("FeatureType").findValueByName(feature.type()));
        }
        long[] count = feature.valueCount();
        if (count != null) {
            DynamicMessage.Builder value = sub("ValueCount");
            set(value, "min", count[0]);
            set(value, "max", count[1]);
            set(out, "value_count", value.build());
        }
        IntDomain ints = feature.intDomain();
        if (ints != null) {
            DynamicMessage.Builder domain = sub("IntDomain");
            set(domain, "name", ints.name());
            set(domain, "min", ints.min());
            set(domain, "max", ints.max());
            set(domain, "is_categorical", feature.categorical());
            set(out, "int_domain", domain.build());
        }
        FloatDomain floats = feature.floatDomain();
        if (floats != null) {
            DynamicMessage.Builder domain = sub("FloatDomain");
            set(domain, "name", floats.name());
            set(domain, "min", (float) floats.min());
            set(domain, "max", (float) floats.max());
            set(out, "float_domain", domain.build());
        }
        DynamicMessage.Builder annotation = sub("Annotation");
        Descriptor type = annotation.getDescriptorForType();
        feature.tags().forEach(tag -> annotation.addRepeatedField(type.findFieldByName("tag"), tag));
        annotation.addRepeatedField(type.findFieldByName("extra_metadata"), Any.pack(ProtoStruct.of(feature.extra())));
        set(out, "annotation", annotation.build());
        return out.build();
    }

    private static DynamicMessage.Builder sub(String type) {
        return DynamicMessage.newBuilder(FILE.findMessageTypeByName(type));
    }

    private static void set(DynamicMessage.Builder message, String field, @Nullable Object value) {
        if (value != null) {
            message.setField(message.getDescriptorForType().findFieldByName(field), value);
        }
    }

    private static FieldDescriptor field(Message message, String name) {
        return message.getDescriptorForType().findFieldByName(name);
    }

    private static Object get(Message message, String name) {
        return message.getField(field(message, name));
    }

    private static boolean has(Message message, String name) {
        return message.hasField(field(message, name));
    }

    private static @Nullable Message message(Message message, String name) {
        return has(message, name) ? (Message) get(message, name) : null;
    }

    private static List<Message> messages(Message message, String name) {
        List<Message> out = new ArrayList<>();
        ((List<?>) get(message, name)).forEach(element -> out.add((Message) element));
        return out;
    }

    // ---- the part of tensorflow_metadata/proto/v0/schema.proto that columns need, with its field names

    private static FileDescriptor file() {
        FileDescriptorProto proto = FileDescriptorProto.newBuilder()
                .setName("schema.proto")
                .setSyntax("proto2")
                .addDependency(AnyProto.getDescriptor().getFullName())
                .addEnumType(EnumDescriptorProto.newBuilder()
                        .setName("FeatureType")
                        .addValue(value("TYPE_UNKNOWN", 0))
                        .addValue(value("BYTES", 1))
                        .addValue(value("INT", 2))
                        .addValue(value("FLOAT", 3))
                        .addValue(value("STRUCT", 4)))
                .addMessageType(type("Schema", repeated("feature", "Feature")))
                .addMessageType(type(
                        "Feature",
                        plain("name", Type.TYPE_STRING),
                        optional("type", "FeatureType", Type.TYPE_ENUM),
                        optional("value_count", "ValueCount", Type.TYPE_MESSAGE),
                        optional("value_counts", "ValueCountList", Type.TYPE_MESSAGE),
                        optional("int_domain", "IntDomain", Type.TYPE_MESSAGE),
                        optional("float_domain", "FloatDomain", Type.TYPE_MESSAGE),
                        optional("shape", "FixedShape", Type.TYPE_MESSAGE),
                        optional("annotation", "Annotation", Type.TYPE_MESSAGE)))
                .addMessageType(type("ValueCount", plain("min", Type.TYPE_INT64), plain("max", Type.TYPE_INT64)))
                .addMessageType(type("ValueCountList", repeated("value_count", "ValueCount")))
                .addMessageType(type(
                        "IntDomain",
                        plain("name", Type.TYPE_STRING),
                        plain("min", Type.TYPE_INT64),
                        plain("max", Type.TYPE_INT64),
                        plain("is_categorical", Type.TYPE_BOOL)))
                .addMessageType(type(
                        "FloatDomain",
                        plain("name", Type.TYPE_STRING),
                        plain("min", Type.TYPE_FLOAT),
                        plain("max", Type.TYPE_FLOAT)))
                .addMessageType(type("FixedShape", repeated("dim", "Dim")))
                .addMessageType(type("Dim", plain("size", Type.TYPE_INT64)))
                .addMessageType(type(
                        "Annotation",
                        plain("tag", Type.TYPE_STRING).setLabel(Label.LABEL_REPEATED),
                        repeated("extra_metadata", ".google.protobuf.Any")))
                .build();
        try {
            return FileDescriptor.buildFrom(proto, new FileDescriptor[] {AnyProto.getDescriptor()});
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("schema.proto: " + e.getMessage(), e);
        }
    }

    private static EnumValueDescriptorProto value(String name, int number) {
        return EnumValueDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .build();
    }

    private static DescriptorProto type(String name, FieldDescriptorProto.Builder... fields) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        for (int i = 0; i < fields.length; i++) {
            message.addField(fields[i].setNumber(i + 1));
        }
        return message.build();
    }

    private static FieldDescriptorProto.Builder plain(String name, Type type) {
        return FieldDescriptorProto.newBuilder().setName(name).setType(type).setLabel(Label.LABEL_OPTIONAL);
    }

    private static FieldDescriptorProto.Builder optional(String name, String typeName, Type type) {
        return plain(name, type).setTypeName(typeName);
    }

    private static FieldDescriptorProto.Builder repeated(String name, String typeName) {
        return optional(name, typeName, Type.TYPE_MESSAGE).setLabel(Label.LABEL_REPEATED);
    }
}

package io.t4rec.schema;

import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A feature of TensorFlow Metadata read as a column. The mapping is merlin-core's: what TensorFlow Metadata has no field for
 * comes from {@code annotation.extra_metadata}. What a column has no place for is kept in the property
 * {@link ColumnSchema#TF_METADATA}, so that {@link FeatureWriter} can write it back.
 */
final class FeatureReader {
    private static final Map<Integer, DType> INTEGERS =
            Map.of(8, DType.INT8, 16, DType.INT16, 32, DType.INT32, 64, DType.INT64);

    private final Message feature;
    private final Message schema;
    private final String name;
    private final Map<String, @Nullable Object> extra = new LinkedHashMap<>();

    /** What is left of the feature when all that the column says is taken out. */
    private final Message.Builder rest;

    private @Nullable IntDomain intDomain;
    private @Nullable FloatDomain floatDomain;

    FeatureReader(Message feature, Message schema) {
        this.feature = feature;
        this.schema = schema;
        this.name = Protos.text(feature, "name");
        this.rest = feature.toBuilder();
    }

    /** @throws SchemaException for contradictions; the message begins with the name */
    ColumnSchema column() {
        try {
            Protos.clear(rest, "name", "type");
            Set<Tag> tags = annotation();
            DType dtype = dtype();
            if (dtype.isInteger()) {
                readIntDomain(tags);
            } else if (dtype.isFloating()) {
                readFloatDomain();
            }
            ColumnShape shape = new ShapeReader(feature, extra, rest).shape();
            Map<String, @Nullable Object> properties = new LinkedHashMap<>(extra);
            ColumnSchema.RESERVED.forEach(properties::remove);
            if (!rest.getAllFields().isEmpty()) {
                properties.put(ColumnSchema.TF_METADATA, ProtoJson.toMap(rest.build()));
            }
            return new ColumnSchema(name, dtype, shape, tags, intDomain, floatDomain, properties);
        } catch (SchemaException e) {
            String prefix = "column " + name + ": ";
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(prefix) ? e : new SchemaException(prefix + message, e);
        }
    }

    /** Transformers4Rec's reader of text moves extra metadata into a comment, as JSON: such a comment is read as what it was. */
    private Set<Tag> annotation() {
        Set<Tag> tags = new LinkedHashSet<>();
        Message annotation = Protos.message(feature, "annotation");
        if (annotation != null) {
            Protos.texts(annotation, "tag").forEach(tag -> tags.addAll(Tag.expand(tag)));
            List<Message> metadata = Protos.messages(annotation, "extra_metadata");
            if (metadata.size() > 1) {
                throw new SchemaException("extra_metadata: " + metadata.size() + " entries (expected: at most 1)");
            }
            metadata.forEach(any -> extra.putAll(ProtoStruct.unpack("extra_metadata", any)));
            Message.Builder left = annotation.toBuilder();
            Protos.clear(left, "tag", "extra_metadata");
            List<String> comments = Protos.texts(annotation, "comment");
            Map<String, @Nullable Object> moved = comments.size() == 1 ? ProtoJson.object(comments.get(0)) : null;
            if (metadata.isEmpty() && moved != null) {
                extra.putAll(JsonValues.normalise("comment", moved));
                Protos.clear(left, "comment");
            }
            Protos.setOrClear(rest, "annotation", left);
        }
        return tags;
    }

    private DType dtype() {
        String type = Protos.has(feature, "type") ? Protos.value(feature, "type") : "TYPE_UNKNOWN";
        if (type.equals("STRUCT")) {
            throw new SchemaException("type: STRUCT (expected: INT, FLOAT or BYTES; flatten it into columns first)");
        }
        Object size = extra.get("dtype_item_size");
        if (size != null && !(size instanceof Number)) {
            throw new SchemaException("dtype_item_size: " + size + " (expected: a number of bits)");
        }
        boolean unknown = type.equals("TYPE_UNKNOWN");
        int bits = size instanceof Number number ? number.intValue() : 0;
        if ((unknown || type.equals("INT")) && Protos.has(feature, "bool_domain")) {
            Protos.setOrClear(rest, "bool_domain", Protos.part(rest, "bool_domain"));
            return DType.BOOL;
        }
        if (type.equals("FLOAT") || (unknown && Protos.has(feature, "float_domain"))) {
            return bits == 16 || bits == 32 ? DType.FLOAT32 : DType.FLOAT64;
        }
        if (type.equals("INT") || (unknown && Protos.has(feature, "int_domain"))) {
            return INTEGERS.getOrDefault(bits, DType.INT64);
        }
        return DType.STRING;
    }

    private void readIntDomain(Set<Tag> tags) {
        Message own = Protos.message(feature, "int_domain");
        Message domain = own == null ? shared("int_domain") : own;
        if (domain != null) {
            if (Protos.flag(domain, "is_categorical")
                    && !tags.contains(Tag.CONTINUOUS)
                    && !tags.contains(Tag.EMBEDDING)) {
                tags.add(Tag.CATEGORICAL);
            }
            if (Protos.has(domain, "max")) {
                intDomain =
                        new IntDomain(Protos.integer(domain, "min"), Protos.integer(domain, "max"), domainName(domain));
                Protos.clear(rest, "domain", "int_domain");
            }
        } else if (extra.get("domain") instanceof Map<?, ?> map && map.get("max") instanceof Long max) {
            intDomain = new IntDomain(map.get("min") instanceof Long min ? min : 0, max, domainName(map));
        }
    }

    /** A domain without a maximum, or with a negative one and no minimum, is open; a column has no place for that. */
    private void readFloatDomain() {
        Message own = Protos.message(feature, "float_domain");
        Message domain = own == null ? shared("float_domain") : own;
        if (domain != null) {
            double max = Protos.number(domain, "max");
            if (Protos.has(domain, "max") && (Protos.has(domain, "min") || max >= 0)) {
                floatDomain = new FloatDomain(Protos.number(domain, "min"), max, domainName(domain));
                Message.Builder left = domain.toBuilder();
                Protos.clear(left, "name", "min", "max");
                Protos.setOrClear(rest, "float_domain", left);
                Protos.clear(rest, "domain");
            }
        } else if (extra.get("domain") instanceof Map<?, ?> map && map.get("max") instanceof Number max) {
            double min = map.get("min") instanceof Number number ? number.doubleValue() : 0;
            floatDomain = new FloatDomain(min, max.doubleValue(), domainName(map));
        }
    }

    /** The domain that the feature names and the schema defines. */
    private @Nullable Message shared(String kind) {
        String wanted = Protos.text(feature, "domain");
        return wanted.isEmpty()
                ? null
                : Protos.messages(schema, kind).stream()
                        .filter(domain -> Protos.text(domain, "name").equals(wanted))
                        .findFirst()
                        .orElse(null);
    }

    private static @Nullable String domainName(Message domain) {
        return Protos.has(domain, "name") ? Protos.text(domain, "name") : null;
    }

    private static @Nullable String domainName(Map<?, ?> domain) {
        return domain.get("name") instanceof String text ? text : null;
    }
}

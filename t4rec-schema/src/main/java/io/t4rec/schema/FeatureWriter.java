package io.t4rec.schema;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A column written as a feature of TensorFlow Metadata; the counterpart of {@link FeatureReader}. */
final class FeatureWriter {
    private FeatureWriter() {}

    /** @throws SchemaException when the property {@link ColumnSchema#TF_METADATA} is no part of a feature */
    static Message write(ColumnSchema column) {
        DynamicMessage.Builder feature = DynamicMessage.newBuilder(TfMetadata.FEATURE);
        Object rest = column.properties().get(ColumnSchema.TF_METADATA);
        if (rest != null) {
            ProtoJson.readPlain(rest, feature, "column " + column.name() + ": " + ColumnSchema.TF_METADATA);
        }
        Protos.set(feature, "name", column.name());
        DType dtype = column.dtype();
        String type = dtype.isFloating() ? "FLOAT" : dtype == DType.STRING ? "BYTES" : "INT";
        var typeField = TfMetadata.FEATURE.findFieldByName("type");
        feature.setField(typeField, typeField.getEnumType().findValueByName(type));
        shape(column, feature);
        domain(column, feature);
        annotation(column, feature);
        return feature.build();
    }

    private static void shape(ColumnSchema column, DynamicMessage.Builder feature) {
        Protos.clear(feature, "value_count", "value_counts");
        Message shape = Protos.message(feature, "shape");
        List<Long> sizes = shape == null
                ? List.of()
                : Protos.messages(shape, "dim").stream()
                        .map(dim -> Protos.integer(dim, "size"))
                        .toList();
        if (column.shape() instanceof ColumnShape.Fixed fixed) {
            if (!sizes.equals(List.of(fixed.length()))) {
                count(feature, fixed.length(), fixed.length());
            }
        } else if (column.shape() instanceof ColumnShape.Ragged ragged) {
            count(feature, ragged.min(), ragged.max());
        } else if (!sizes.isEmpty() && !sizes.equals(List.of(1L))) {
            Protos.clear(feature, "shape");
        }
    }

    private static void count(DynamicMessage.Builder feature, long min, long max) {
        Protos.clear(feature, "shape");
        Message.Builder count = Protos.part(feature, "value_count");
        Protos.set(count, "min", min);
        Protos.set(count, "max", max);
        Protos.set(feature, "value_count", count.build());
    }

    private static void domain(ColumnSchema column, DynamicMessage.Builder feature) {
        IntDomain ints = column.intDomain();
        FloatDomain floats = column.floatDomain();
        if (ints != null) {
            Message.Builder domain = only(feature, "int_domain");
            name(domain, ints.name());
            Protos.set(domain, "min", ints.min());
            Protos.set(domain, "max", ints.max());
            Protos.set(domain, "is_categorical", column.tags().contains(Tag.CATEGORICAL));
            Protos.set(feature, "int_domain", domain.build());
        } else if (floats != null) {
            Message.Builder domain = only(feature, "float_domain");
            name(domain, floats.name());
            Protos.set(domain, "min", floats.min());
            Protos.set(domain, "max", floats.max());
            Protos.set(feature, "float_domain", domain.build());
        } else if (column.dtype() == DType.BOOL) {
            Message.Builder domain = only(feature, "bool_domain");
            Protos.set(feature, "bool_domain", domain.build());
        }
    }

    /** What the feature holds of one domain; all other domains are removed. */
    private static Message.Builder only(DynamicMessage.Builder feature, String domain) {
        Message.Builder part = Protos.part(feature, domain);
        Protos.clear(feature, TfMetadata.DOMAINS.toArray(String[]::new));
        return part;
    }

    private static void name(Message.Builder domain, @Nullable String name) {
        if (name == null) {
            Protos.clear(domain, "name");
        } else {
            Protos.set(domain, "name", name);
        }
    }

    private static void annotation(ColumnSchema column, DynamicMessage.Builder feature) {
        Map<String, @Nullable Object> extra = new LinkedHashMap<>(column.properties());
        extra.remove(ColumnSchema.TF_METADATA);
        extra.put("is_list", column.isList());
        extra.put("is_ragged", column.isRagged());
        if (column.dtype().bits() > 0) {
            extra.put("dtype_item_size", (long) column.dtype().bits());
        }
        Message.Builder annotation = Protos.part(feature, "annotation");
        Protos.clear(annotation, "tag", "extra_metadata");
        column.tags().forEach(tag -> Protos.add(annotation, "tag", tag.name()));
        Protos.add(annotation, "extra_metadata", ProtoStruct.pack(extra));
        Protos.set(feature, "annotation", annotation.build());
    }
}

package io.t4rec.schema;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A column as TensorFlow Metadata writes it: the common ground of the text and the JSON form. The mapping is merlin-core's;
 * what TensorFlow Metadata has no field for travels in {@code annotation.extra_metadata}.
 *
 * @param type INT, FLOAT, BYTES or null when unset
 * @param valueCount smallest and largest list length, or null for a scalar
 * @param fixedDimensions sizes of {@code shape.dim}, empty when absent
 * @param extra the plain values of {@code extra_metadata}
 */
record Feature(
        String name,
        @Nullable String type,
        long @Nullable [] valueCount,
        List<Long> fixedDimensions,
        @Nullable IntDomain intDomain,
        boolean categorical,
        @Nullable FloatDomain floatDomain,
        List<String> tags,
        Map<String, Object> extra) {

    private static final String IS_LIST = "is_list";
    private static final String IS_RAGGED = "is_ragged";
    private static final String ITEM_SIZE = "dtype_item_size";
    private static final String ELEMENT = "element_type";
    private static final String DIMENSIONS = "_dims";

    static Feature of(ColumnSchema column) {
        Map<String, Object> extra = new LinkedHashMap<>(column.properties());
        extra.put(IS_LIST, column.isList());
        extra.put(IS_RAGGED, column.isRagged());
        DType dtype = column.dtype();
        if (dtype.bits() > 0) {
            extra.put(ITEM_SIZE, (long) dtype.bits());
        }
        if (dtype == DType.BOOL) {
            extra.put(ELEMENT, "bool");
        }
        long[] valueCount = null;
        if (column.shape() instanceof ColumnShape.Fixed fixed) {
            valueCount = new long[] {fixed.length(), fixed.length()};
        } else if (column.shape() instanceof ColumnShape.Ragged ragged) {
            valueCount = new long[] {ragged.min(), ragged.max()};
        }
        String type = dtype.isInteger() ? "INT" : dtype.isFloating() ? "FLOAT" : dtype == DType.STRING ? "BYTES" : null;
        return new Feature(
                column.name(),
                type,
                valueCount,
                List.of(),
                column.intDomain(),
                column.tags().contains(Tag.CATEGORICAL),
                column.floatDomain(),
                column.tags().stream().map(Tag::name).toList(),
                extra);
    }

    ColumnSchema toColumn() {
        Set<Tag> all = new LinkedHashSet<>();
        tags.forEach(tag -> all.addAll(Tag.expand(tag)));
        if (categorical && !all.contains(Tag.CONTINUOUS) && !all.contains(Tag.EMBEDDING)) {
            all.add(Tag.CATEGORICAL);
        }
        Map<String, Object> properties = new LinkedHashMap<>(extra);
        List.of(IS_LIST, IS_RAGGED, ITEM_SIZE, ELEMENT, DIMENSIONS).forEach(properties::remove);
        DType dtype = dtype();
        try {
            return new ColumnSchema(
                    name,
                    dtype,
                    shape(),
                    all,
                    dtype.isFloating() ? null : intDomain,
                    dtype.isFloating() ? floatDomain : null,
                    properties);
        } catch (SchemaException e) {
            throw new SchemaException("feature " + name + ": " + e.getMessage(), e);
        }
    }

    private DType dtype() {
        int bits = extra.get(ITEM_SIZE) instanceof Number number ? number.intValue() : 0;
        if ("bool".equals(extra.get(ELEMENT))) {
            return DType.BOOL;
        }
        if ("FLOAT".equals(type) || (type == null && floatDomain != null)) {
            return bits == 32 ? DType.FLOAT32 : DType.FLOAT64;
        }
        if ("INT".equals(type) || (type == null && intDomain != null)) {
            return bits == 8 ? DType.INT8 : bits == 16 ? DType.INT16 : bits == 32 ? DType.INT32 : DType.INT64;
        }
        return DType.STRING;
    }

    private ColumnShape shape() {
        long min = valueCount == null ? 0 : valueCount[0];
        long max = valueCount == null ? 0 : valueCount[1];
        boolean list = valueCount != null || Boolean.TRUE.equals(extra.get(IS_LIST));
        if (list) {
            boolean ragged = extra.get(IS_RAGGED) instanceof Boolean flag ? flag : min != max || max == 0;
            return ragged || max == 0 ? ColumnShape.ragged(min, max) : ColumnShape.fixed(max);
        }
        boolean fixed = fixedDimensions.size() == 1 && fixedDimensions.get(0) > 1;
        return fixed ? ColumnShape.fixed(fixedDimensions.get(0)) : ColumnShape.SCALAR;
    }
}

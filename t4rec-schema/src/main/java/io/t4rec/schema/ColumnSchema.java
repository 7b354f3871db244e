package io.t4rec.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One column: what its elements are, how many a row holds, what they mean.
 *
 * @param name unique within a schema
 * @param dtype type of the elements
 * @param shape how many elements a row holds
 * @param tags what the column means, sorted
 * @param intDomain range of the ids, for integer columns; null when unknown
 * @param floatDomain range of the values, for floating-point columns; null when unknown
 * @param properties anything else, as JSON values: text, numbers, booleans, null, lists and maps; whole numbers become longs. The
 *     names in {@link #RESERVED} are refused, since the other components say what they would. {@link #TF_METADATA} holds
 *     what a file in TensorFlow Metadata said about the column and this record has no component for, such as
 *     {@code presence} or {@code comment}, in its JSON form; it is written back
 */
public record ColumnSchema(
        String name,
        DType dtype,
        ColumnShape shape,
        Set<Tag> tags,
        @Nullable IntDomain intDomain,
        @Nullable FloatDomain floatDomain,
        Map<String, @Nullable Object> properties) {

    /** Property with the fields of a TensorFlow Metadata feature that a column has no component for. */
    public static final String TF_METADATA = "tf_metadata";

    /** Names in {@code extra_metadata} that tell the type, shape and domain; not allowed as properties. */
    public static final Set<String> RESERVED =
            Set.of("is_list", "is_ragged", "dtype_item_size", "_dims", "domain", "value_count");

    /**
     * Checks all components.
     *
     * @throws SchemaException for an empty name, tags that contradict each other, a domain that doesn't fit the type, a
     *     reserved property, or a property that isn't a JSON value
     */
    public ColumnSchema {
        if (name.isEmpty()) {
            throw new SchemaException("column name: an empty text (expected: a name)");
        }
        tags = Collections.unmodifiableSet(new TreeSet<>(tags));
        properties = JsonValues.normalise("column " + name, properties);
        for (String reserved : RESERVED) {
            if (properties.containsKey(reserved)) {
                throw new SchemaException("column " + name + ": property " + reserved
                        + " (expected: another name; dtype, shape and domains say this)");
            }
        }
        for (Tag tag : tags) {
            for (Tag other : tag.collisions()) {
                if (tags.contains(other)) {
                    throw new SchemaException(
                            "column " + name + ": tags " + tag + " and " + other + " (expected: one of them)");
                }
            }
        }
        if (intDomain != null && !dtype.isInteger()) {
            throw new SchemaException(
                    "column " + name + ": an int domain on " + dtype + " (expected: an integer type, or none)");
        }
        if (floatDomain != null && !dtype.isFloating()) {
            throw new SchemaException(
                    "column " + name + ": a float domain on " + dtype + " (expected: a floating-point type, or none)");
        }
    }

    /** One element a row, no tags, no domain. */
    public static ColumnSchema scalar(String name, DType dtype) {
        return new ColumnSchema(name, dtype, ColumnShape.SCALAR, Set.of(), null, null, Map.of());
    }

    /** A list of any length a row, no tags, no domain. */
    public static ColumnSchema ragged(String name, DType dtype) {
        return scalar(name, dtype).withShape(ColumnShape.ragged());
    }

    /** Ids {@code 0 .. maxId}, tagged categorical. */
    public static ColumnSchema categorical(String name, long maxId) {
        return scalar(name, DType.INT64).withIntDomain(IntDomain.of(0, maxId)).withTags(Tag.CATEGORICAL);
    }

    /** A FLOAT32 number, tagged continuous. */
    public static ColumnSchema continuous(String name) {
        return scalar(name, DType.FLOAT32).withTags(Tag.CONTINUOUS);
    }

    public boolean isList() {
        return !(shape instanceof ColumnShape.Scalar);
    }

    public boolean isRagged() {
        return shape instanceof ColumnShape.Ragged;
    }

    public boolean hasTags(Set<Tag> wanted) {
        return tags.containsAll(wanted);
    }

    /**
     * Number of ids from 0 to the largest, padding included.
     *
     * @throws SchemaException when the column has no int domain, or one with negative ids
     */
    public long cardinality() {
        if (intDomain == null) {
            throw new SchemaException("column " + name + ": no int domain (expected: one, for its number of ids)");
        }
        if (intDomain.min() < 0 || intDomain.max() == Long.MAX_VALUE) {
            throw new SchemaException("column " + name + ": int domain " + intDomain.min() + " to " + intDomain.max()
                    + " (expected: ids from 0, fewer than 2^63)");
        }
        return intDomain.max() + 1;
    }

    /**
     * That ids are those of the column.
     *
     * @throws DataException for one that isn't from 0 to the largest
     * @throws SchemaException as {@link #cardinality}
     */
    public void requireKnown(long[] ids) {
        long known = cardinality();
        for (long id : ids) {
            if (id < 0 || id >= known) {
                throw new DataException("column " + name + ": id " + id + " (expected: 0 to " + (known - 1)
                        + "; prepare the data with the workflow that this schema is of)");
            }
        }
    }

    public ColumnSchema withName(String newName) {
        return new ColumnSchema(newName, dtype, shape, tags, intDomain, floatDomain, properties);
    }

    /** In another type; a domain that doesn't fit the type is dropped. */
    public ColumnSchema withDType(DType newType) {
        return new ColumnSchema(
                name,
                newType,
                shape,
                tags,
                newType.isInteger() ? intDomain : null,
                newType.isFloating() ? floatDomain : null,
                properties);
    }

    public ColumnSchema withShape(ColumnShape newShape) {
        return new ColumnSchema(name, dtype, newShape, tags, intDomain, floatDomain, properties);
    }

    /** With further tags; older ones that contradict them are dropped. */
    public ColumnSchema withTags(Tag... added) {
        return withTags(List.of(added));
    }

    /** With further tags; older ones that contradict them are dropped. */
    public ColumnSchema withTags(Iterable<Tag> added) {
        Set<Tag> all = new TreeSet<>(tags);
        for (Tag tag : added) {
            all.removeAll(tag.collisions());
        }
        added.forEach(all::add);
        return new ColumnSchema(name, dtype, shape, all, intDomain, floatDomain, properties);
    }

    public ColumnSchema withoutTags(Tag... removed) {
        Set<Tag> rest = new TreeSet<>(tags);
        List.of(removed).forEach(rest::remove);
        return new ColumnSchema(name, dtype, shape, rest, intDomain, floatDomain, properties);
    }

    public ColumnSchema withIntDomain(@Nullable IntDomain domain) {
        return new ColumnSchema(name, dtype, shape, tags, domain, floatDomain, properties);
    }

    public ColumnSchema withFloatDomain(@Nullable FloatDomain domain) {
        return new ColumnSchema(name, dtype, shape, tags, intDomain, domain, properties);
    }

    /** With these properties added or replaced. */
    public ColumnSchema withProperties(Map<String, ? extends @Nullable Object> added) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(properties);
        all.putAll(added);
        return new ColumnSchema(name, dtype, shape, tags, intDomain, floatDomain, all);
    }

    /** This column overridden by another of the same name: its type, shape and domains, the tags and properties of both. */
    ColumnSchema mergedWith(ColumnSchema other) {
        List<Tag> added = new ArrayList<>(other.tags);
        return new ColumnSchema(
                        name,
                        other.dtype,
                        other.shape,
                        tags,
                        !other.dtype.isInteger() ? null : other.intDomain != null ? other.intDomain : intDomain,
                        !other.dtype.isFloating() ? null : other.floatDomain != null ? other.floatDomain : floatDomain,
                        properties)
                .withTags(added)
                .withProperties(other.properties);
    }
}

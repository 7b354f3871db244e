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
 * @param properties anything else, as JSON values
 */
public record ColumnSchema(
        String name,
        DType dtype,
        ColumnShape shape,
        Set<Tag> tags,
        @Nullable IntDomain intDomain,
        @Nullable FloatDomain floatDomain,
        Map<String, Object> properties) {

    /** @throws SchemaException for tags that contradict each other or a domain that doesn't fit the type */
    public ColumnSchema {
        if (name.isEmpty()) {
            throw new SchemaException("column name: an empty text (expected: a name)");
        }
        tags = Collections.unmodifiableSet(new TreeSet<>(tags));
        properties = JsonValues.normalise(properties);
        for (Tag tag : tags) {
            for (Tag other : tag.collisions()) {
                if (tags.contains(other)) {
                    throw new SchemaException(
                            "column " + name + ": tags " + tag + " and " + other + " (expected: one of them)");
                }
            }
        }
        if (intDomain != null && dtype.isFloating()) {
            throw new SchemaException("column " + name + ": an int domain on " + dtype + " (expected: a float domain)");
        }
        if (floatDomain != null && !dtype.isFloating()) {
            throw new SchemaException("column " + name + ": a float domain on " + dtype + " (expected: an int domain)");
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
     * Number of ids, padding included.
     *
     * @throws SchemaException when the column has no int domain
     */
    public long cardinality() {
        if (intDomain == null) {
            throw new SchemaException("column " + name + ": no int domain (expected: one, for its number of ids)");
        }
        return intDomain.max() + 1;
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
                newType.isFloating() ? null : intDomain,
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
    public ColumnSchema withProperties(Map<String, Object> added) {
        Map<String, Object> all = new LinkedHashMap<>(properties);
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
                        other.dtype.isFloating() ? null : other.intDomain != null ? other.intDomain : intDomain,
                        !other.dtype.isFloating() ? null : other.floatDomain != null ? other.floatDomain : floatDomain,
                        properties)
                .withTags(added)
                .withProperties(other.properties);
    }
}

package io.t4rec.schema;

import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The columns of a data set in order. Immutable; selections return new schemas. */
public final class Schema {
    private final Map<String, ColumnSchema> columns;

    private Schema(Map<String, ColumnSchema> columns) {
        this.columns = Collections.unmodifiableMap(columns);
    }

    /** @throws SchemaException when a name occurs twice */
    public static Schema of(Collection<ColumnSchema> columns) {
        Map<String, ColumnSchema> byName = new LinkedHashMap<>();
        for (ColumnSchema column : columns) {
            if (byName.putIfAbsent(column.name(), column) != null) {
                throw new SchemaException("column " + column.name() + ": twice in the schema (expected: once)");
            }
        }
        return new Schema(byName);
    }

    /** @throws SchemaException when a name occurs twice */
    public static Schema of(ColumnSchema... columns) {
        return of(List.of(columns));
    }

    public List<ColumnSchema> columns() {
        return List.copyOf(columns.values());
    }

    public List<String> names() {
        return List.copyOf(columns.keySet());
    }

    public int size() {
        return columns.size();
    }

    public boolean contains(String name) {
        return columns.containsKey(name);
    }

    public @Nullable ColumnSchema find(String name) {
        return columns.get(name);
    }

    /** @throws SchemaException when there is no such column; the message names the nearest one */
    public ColumnSchema get(String name) {
        ColumnSchema column = columns.get(name);
        if (column == null) {
            throw new SchemaException(
                    "column: " + name + " (expected: " + Names.expectation(name, columns.keySet()) + ")");
        }
        return column;
    }

    /**
     * The named columns in the given order.
     *
     * @throws SchemaException for an unknown name
     */
    public Schema select(Collection<String> names) {
        List<ColumnSchema> selected = new ArrayList<>();
        names.forEach(name -> selected.add(get(name)));
        return of(selected);
    }

    /** All but the named columns; unknown names are no error. */
    public Schema excluding(Collection<String> names) {
        return filter(column -> !names.contains(column.name()));
    }

    /** Columns that carry all of the tags. */
    public Schema selectByTag(Set<Tag> tags) {
        return filter(column -> column.hasTags(tags));
    }

    /** Columns that carry the tag. */
    public Schema selectByTag(Tag tag) {
        return selectByTag(Set.of(tag));
    }

    /** Columns that carry at least one of the tags. */
    public Schema selectByAnyTag(Set<Tag> tags) {
        return filter(column -> column.tags().stream().anyMatch(tags::contains));
    }

    /** Columns that carry none of the tags. */
    public Schema excludingByTag(Set<Tag> tags) {
        return filter(column -> column.tags().stream().noneMatch(tags::contains));
    }

    public Schema filter(Predicate<ColumnSchema> predicate) {
        return of(columns.values().stream().filter(predicate).toList());
    }

    /** Both schemas' columns; where a name is in both, the other's definition wins and tags and properties unite. */
    public Schema plus(Schema other) {
        Map<String, ColumnSchema> all = new LinkedHashMap<>(columns);
        other.columns.forEach((name, column) -> all.merge(name, column, ColumnSchema::mergedWith));
        return new Schema(all);
    }

    /** This schema without the other's columns. */
    public Schema minus(Schema other) {
        return excluding(other.columns.keySet());
    }

    /**
     * The column tagged as item id.
     *
     * @throws SchemaException unless there is exactly one
     */
    public ColumnSchema itemId() {
        return only(Tag.ITEM_ID, "item_id");
    }

    /**
     * The column tagged as session id.
     *
     * @throws SchemaException unless there is exactly one
     */
    public ColumnSchema sessionId() {
        return only(Tag.SESSION_ID, "session_id");
    }

    private ColumnSchema only(Set<Tag> tags, String what) {
        List<ColumnSchema> found = selectByTag(tags).columns();
        if (found.size() != 1) {
            throw new SchemaException("columns tagged " + what + ": "
                    + found.stream().map(ColumnSchema::name).toList() + " (expected: exactly one of " + names() + ")");
        }
        return found.get(0);
    }

    /**
     * Reads {@code schema.pbtxt} or {@code schema.json}; the first character tells which.
     *
     * @throws SchemaException when the text is neither, with file and line
     * @throws IOException when the file can't be read
     */
    public static Schema read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            return text.stripLeading().startsWith("{") ? SchemaJson.parse(text) : SchemaText.parse(text);
        } catch (SchemaException e) {
            throw new SchemaException(file + ": " + e.getMessage(), e);
        }
    }

    /** Writes the file atomically: JSON if its name ends in {@code .json}, else TensorFlow Metadata text. */
    public void write(Path file) throws IOException {
        AtomicFiles.writeString(
                file, file.toString().endsWith(".json") ? SchemaJson.toJson(this) : SchemaText.toText(this));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Schema schema && columns().equals(schema.columns());
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return "Schema" + columns.values();
    }
}

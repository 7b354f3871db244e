package io.t4rec.schema;

import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
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
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Keys of the metadata that name columns. */
    private static final Set<String> BOUND_TO_COLUMNS =
            Set.of("sparseFeature", "weightedFeature", "tensorRepresentationGroup");

    private final Map<String, ColumnSchema> columns;
    private final Map<String, @Nullable Object> metadata;

    private Schema(Map<String, ColumnSchema> columns, Map<String, @Nullable Object> metadata) {
        this.columns = Collections.unmodifiableMap(columns);
        this.metadata = metadata;
    }

    /** @throws SchemaException when a name occurs twice */
    public static Schema of(Collection<ColumnSchema> columns) {
        return of(columns, Map.of());
    }

    static Schema of(Collection<ColumnSchema> columns, Map<String, @Nullable Object> metadata) {
        Map<String, ColumnSchema> byName = new LinkedHashMap<>();
        for (ColumnSchema column : columns) {
            if (byName.putIfAbsent(column.name(), column) != null) {
                throw new SchemaException("column " + column.name() + ": twice in the schema (expected: once)");
            }
        }
        return new Schema(byName, JsonValues.normalise("schema", metadata));
    }

    /** @throws SchemaException when a name occurs twice */
    public static Schema of(ColumnSchema... columns) {
        return of(List.of(columns));
    }

    /**
     * What a file in TensorFlow Metadata said about the data set as a whole, such as shared domains or sparse features, in its JSON
     * form; empty for a schema that was made here. Written back. A selection loses the parts that name columns.
     */
    public Map<String, @Nullable Object> metadata() {
        return metadata;
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
        return of(selected, selected.size() == size() ? metadata : unbound());
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
        List<ColumnSchema> selected =
                columns.values().stream().filter(predicate).toList();
        return of(selected, selected.size() == size() ? metadata : unbound());
    }

    private Map<String, @Nullable Object> unbound() {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>(metadata);
        kept.keySet().removeAll(BOUND_TO_COLUMNS);
        return kept;
    }

    /** Both schemas' columns; where a name is in both, the other's definition wins and tags, properties and metadata unite. */
    public Schema plus(Schema other) {
        Map<String, @Nullable Object> united = new LinkedHashMap<>(metadata);
        united.putAll(other.metadata);
        Map<String, ColumnSchema> all = new LinkedHashMap<>(columns);
        other.columns.forEach((name, column) -> all.merge(name, column, ColumnSchema::mergedWith));
        return of(all.values(), united);
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
     * Reads {@code schema.pbtxt} or {@code schema.json}; the first character tells which. What TensorFlow Metadata says beyond
     * columns is kept: see {@link ColumnSchema#TF_METADATA} and {@link #metadata}. Keys that it doesn't have are an error in
     * text and skipped in JSON, as by its other readers.
     *
     * @throws SchemaException when the text is neither, or says what a schema can't hold; with file, line and column name
     *     where known
     * @throws IOException when the file can't be read
     */
    public static Schema read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new SchemaException(file + ": not text in UTF-8 (expected: schema.pbtxt or schema.json)", e);
        }
        if (text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(1);
        }
        try {
            return text.stripLeading().startsWith("{") ? SchemaJson.parse(text) : SchemaText.parse(text);
        } catch (SchemaException e) {
            throw new SchemaException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes the file atomically: JSON if its name ends in {@code .json}, else TensorFlow Metadata text.
     *
     * @throws SchemaException for a schema without columns
     */
    public void write(Path file) throws IOException {
        AtomicFiles.writeString(
                file, file.toString().endsWith(".json") ? SchemaJson.toJson(this) : SchemaText.toText(this));
    }

    /**
     * As TensorFlow Metadata text, for places that aren't files of this machine.
     *
     * @throws SchemaException for a schema without columns
     */
    public String toPbtxt() {
        return SchemaText.toText(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Schema schema && columns().equals(schema.columns()) && metadata.equals(schema.metadata);
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

package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ids of the values of a column: 0 pads, 1 is null, 2 is unknown, then the values from the most to the least frequent, equal
 * counts in rising order of the value (NVTabular's layout, with ties made certain). {@link IdLayout} moves them. Safe for many threads.
 */
public final class Vocabulary {
    /** The id that fills short sequences. */
    public static final long PADDING = 0;

    /** The id of a missing value, unless the layout says otherwise. */
    public static final long NULL = 1;

    /** The id of a value never seen when fitting, unless the layout says otherwise. */
    public static final long UNKNOWN = 2;

    /** The id of the most frequent value, unless the layout says otherwise. */
    public static final long FIRST = 3;

    /** The id of the most frequent value of a column of ids, by its schema. */
    public static long firstId(ColumnSchema column) {
        return column.properties().get(IdColumns.FIRST_ID) instanceof Number first ? first.longValue() : FIRST;
    }

    private final Content<Values> content;
    private final long size;
    private final boolean text;
    private final IdLayout layout;
    private final long storedFirst;

    /**
     * In the usual layout.
     *
     * @param values Long or String, most frequent first
     * @param counts how often each occurred
     * @param text whether values are text; else they are integers
     */
    public Vocabulary(List<Object> values, long[] counts, boolean text) {
        this(values, counts, text, IdLayout.USUAL);
    }

    /** In a layout. */
    public Vocabulary(List<Object> values, long[] counts, boolean text, IdLayout layout) {
        this(new Content.InMemory<>(new Values(values, counts)), values.size(), text, layout, layout.first());
    }

    /**
     * In files, {@code id, value, count}.
     *
     * @param layout of the ids in the files
     */
    public Vocabulary(StoredTable table, boolean text, IdLayout layout) {
        this(
                new Content.Stored<>(
                        table,
                        "id",
                        read -> StateTables.vocabulary(read, text, layout)
                                .content
                                .get()),
                table.rows(),
                text,
                layout,
                layout.first());
    }

    private Vocabulary(Content<Values> content, long size, boolean text, IdLayout layout, long storedFirst) {
        this.content = content;
        this.size = size;
        this.text = text;
        this.layout = layout;
        this.storedFirst = storedFirst;
    }

    /** What has no layout, so that vocabularies in several layouts share it. */
    private static final class Values {
        private final List<Object> values;
        private final long[] counts;
        private final Map<Object, Integer> places;

        Values(List<Object> values, long[] counts) {
            this.values = List.copyOf(values);
            this.counts = counts.clone();
            this.places = new HashMap<>(values.size() * 2);
            for (int i = 0; i < values.size(); i++) {
                places.put(values.get(i), i);
            }
        }
    }

    /** The same values with other ids. */
    Vocabulary in(IdLayout other) {
        return layout.equals(other) ? this : new Vocabulary(content, size, text, other, storedFirst);
    }

    /** The files that the values lie in, {@code id, value, count}; null for memory alone. */
    public @Nullable StoredTable stored() {
        return content.stored();
    }

    /** What is to be added to the ids in the files. */
    public long shift() {
        return layout.first() - storedFirst;
    }

    /** Number of values. */
    public long size() {
        return size;
    }

    /** Number of ids from 0 to the largest. */
    public long cardinality() {
        return layout.first() + size;
    }

    /** Where the ids lie. */
    public IdLayout layout() {
        return layout;
    }

    /** Id of a raw value, a String or an integer of any type; null and values never seen have their own. */
    public long id(@Nullable Object value) {
        if (value == null) {
            return layout.nullId();
        }
        Object known = value instanceof Integer || value instanceof Short || value instanceof Byte
                ? (Object) ((Number) value).longValue()
                : value;
        Integer place = content.get().places.get(known);
        return place == null ? unknown(known) : layout.first() + place;
    }

    private long unknown(Object value) {
        return layout.buckets() == 1 ? layout.unknown() : layout.unknown() + StableHash.bucket(value, layout.buckets());
    }

    /** Raw value of an id, Long or String; null for the ids that stand for no value. */
    public @Nullable Object value(long id) {
        requireId(id);
        return id < layout.first() ? null : content.get().values.get((int) (id - layout.first()));
    }

    /** Occurrences of an id when fitting; 0 for the ids that stand for no value. */
    public long count(long id) {
        requireId(id);
        return id < layout.first() ? 0 : content.get().counts[(int) (id - layout.first())];
    }

    private void requireId(long id) {
        if (id < 0 || id >= cardinality()) {
            throw new IllegalArgumentException("id: " + id + " (expected: 0 to " + (cardinality() - 1) + ")");
        }
    }

    /** Whether raw values are text; else they are integers. */
    public boolean isText() {
        return text;
    }

    /** Raw values in order of their ids, Long or String. */
    public List<Object> values() {
        return content.get().values;
    }
}

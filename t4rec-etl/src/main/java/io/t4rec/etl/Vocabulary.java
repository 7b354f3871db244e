package io.t4rec.etl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ids of the values of a column: 0 pads, 1 is null, 2 is unknown, then the values from the most to the least frequent, equal
 * counts in rising order of the value (NVTabular's layout, with ties made certain).
 */
public final class Vocabulary {
    /** The id that fills short sequences. */
    public static final long PADDING = 0;

    /** The id of a missing value. */
    public static final long NULL = 1;

    /** The id of a value never seen when fitting. */
    public static final long UNKNOWN = 2;

    /** The id of the most frequent value. */
    public static final long FIRST = 3;

    private final List<Object> values;
    private final long[] counts;
    private final boolean text;
    private final Map<Object, Long> ids;

    /**
     * @param values Long or String, most frequent first
     * @param counts how often each occurred
     * @param text whether values are text; else they are integers
     */
    public Vocabulary(List<Object> values, long[] counts, boolean text) {
        this.values = List.copyOf(values);
        this.counts = counts.clone();
        this.text = text;
        this.ids = new HashMap<>(values.size() * 2);
        for (int i = 0; i < values.size(); i++) {
            ids.put(values.get(i), FIRST + i);
        }
    }

    /** Number of ids, the three special ones included. */
    public long cardinality() {
        return FIRST + values.size();
    }

    /** Id of a raw value, Long or String; null gives {@link #NULL}, a value never seen {@link #UNKNOWN}. */
    public long id(@Nullable Object value) {
        if (value == null) {
            return NULL;
        }
        Long id = ids.get(value);
        return id == null ? UNKNOWN : id;
    }

    /** Raw value of an id, Long or String; null for the special ids. */
    public @Nullable Object value(long id) {
        if (id < 0 || id >= cardinality()) {
            throw new IllegalArgumentException("id: " + id + " (expected: 0 to " + (cardinality() - 1) + ")");
        }
        return id < FIRST ? null : values.get((int) (id - FIRST));
    }

    /** Occurrences of an id when fitting; 0 for the special ids. */
    public long count(long id) {
        return id < FIRST ? 0 : counts[(int) (id - FIRST)];
    }

    /** Whether raw values are text; else they are integers. */
    public boolean isText() {
        return text;
    }

    /** Raw values from {@link #FIRST} on, Long or String. */
    public List<Object> values() {
        return values;
    }
}

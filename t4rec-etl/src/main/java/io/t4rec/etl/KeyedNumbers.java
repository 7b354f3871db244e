package io.t4rec.etl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An integer for each of some values, found when fitting; for instance when an item was first seen. Safe for many threads. */
public final class KeyedNumbers {
    private final Content<Pairs> content;
    private final boolean text;

    /**
     * In memory.
     *
     * @param keys Long or String, each once
     * @param numbers one a key
     * @param text whether keys are text
     */
    public KeyedNumbers(List<Object> keys, long[] numbers, boolean text) {
        this.content = new Content.InMemory<>(new Pairs(keys, numbers));
        this.text = text;
    }

    /** In files, {@code value, number}. */
    public KeyedNumbers(StoredTable table, boolean text) {
        this.content = new Content.Stored<>(
                table, "value", read -> StateTables.numbers(read, text).content.get());
        this.text = text;
    }

    private static final class Pairs {
        private final List<Object> keys;
        private final long[] numbers;
        private final Map<Object, Long> byKey;

        Pairs(List<Object> keys, long[] numbers) {
            this.keys = List.copyOf(keys);
            this.numbers = numbers.clone();
            this.byKey = new HashMap<>(keys.size() * 2);
            for (int i = 0; i < numbers.length; i++) {
                byKey.put(keys.get(i), numbers[i]);
            }
        }
    }

    /** The files that the numbers lie in, {@code value, number}; null for memory alone. */
    public @Nullable StoredTable stored() {
        return content.stored();
    }

    /** The number of a value, Long or String; null when it has none. */
    public @Nullable Long number(@Nullable Object key) {
        return content.get().byKey.get(key);
    }

    /** Values that have a number, Long or String. */
    public List<Object> keys() {
        return content.get().keys;
    }

    /** One a key. */
    public long[] numbers() {
        return content.get().numbers.clone();
    }

    /** Whether keys are text; else they are integers. */
    public boolean isText() {
        return text;
    }
}

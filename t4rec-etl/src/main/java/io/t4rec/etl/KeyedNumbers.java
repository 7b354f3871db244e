package io.t4rec.etl;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An integer for each of some values, found when fitting; for instance when an item was first seen. */
public final class KeyedNumbers {
    private final List<Object> keys;
    private final long[] numbers;
    private final boolean text;
    private final Map<Object, Long> byKey;

    /**
     * @param keys Long or String, each once
     * @param numbers one a key
     * @param text whether keys are text
     */
    public KeyedNumbers(List<Object> keys, long[] numbers, boolean text) {
        this.keys = List.copyOf(keys);
        this.numbers = numbers.clone();
        this.text = text;
        this.byKey = new HashMap<>(keys.size() * 2);
        for (int i = 0; i < numbers.length; i++) {
            byKey.put(keys.get(i), numbers[i]);
        }
    }

    /** The number of a value, Long or String; null when it has none. */
    public @Nullable Long number(@Nullable Object key) {
        return byKey.get(key);
    }

    /** Values that have a number, Long or String. */
    public List<Object> keys() {
        return keys;
    }

    /** One a key. */
    public long[] numbers() {
        return numbers.clone();
    }

    /** Whether keys are text; else they are integers. */
    public boolean isText() {
        return text;
    }
}

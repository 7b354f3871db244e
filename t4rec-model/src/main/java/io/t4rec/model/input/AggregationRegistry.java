package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Aggregations by name. Register your own before models are built; safe for many threads. */
public final class AggregationRegistry {
    private static final Map<String, Aggregation> ENTRIES = new ConcurrentSkipListMap<>();

    static {
        register("concat", new Concat());
        register("element-wise-sum", new ElementWise(false));
        register("element-wise-sum-item-multi", new ElementWise(true));
        register("stack", new Stack());
    }

    private AggregationRegistry() {}

    /**
     * Adds an aggregation.
     *
     * @throws ConfigException when the name is taken
     */
    public static void register(String name, Aggregation aggregation) {
        if (ENTRIES.putIfAbsent(name, aggregation) != null) {
            throw new ConfigException("aggregation: " + name + " (expected: a name not registered before)");
        }
    }

    /** All names in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(ENTRIES.keySet());
    }

    /**
     * The aggregation of a name.
     *
     * @throws ConfigException for an unknown name, suggesting the nearest
     */
    public static Aggregation get(String name) {
        Aggregation aggregation = ENTRIES.get(name);
        if (aggregation == null) {
            throw new ConfigException("aggregation: " + name + " (expected: " + Names.expectation(name, names()) + ")");
        }
        return aggregation;
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Java functions that {@link Lambda} names. A saved workflow holds the name alone, since loading executes nothing: the program that
 * serves it registers the function first.
 */
public final class LambdaFunctions {
    private static final Map<String, LambdaFunction> KNOWN = new ConcurrentHashMap<>();

    private LambdaFunctions() {}

    /** Makes a function known under a name, in place of one that had it. */
    public static void register(String name, LambdaFunction function) {
        KNOWN.put(name, function);
    }

    /** @throws ConfigException for a name that nothing is registered under */
    static LambdaFunction require(@Nullable String name) {
        LambdaFunction function = name == null ? null : KNOWN.get(name);
        if (function == null) {
            throw new ConfigException("lambda: no Java function " + name + " (expected: "
                    + (name == null || KNOWN.isEmpty() ? "one registered" : Names.expectation(name, KNOWN.keySet()))
                    + "; register it with LambdaFunctions.register before requests are served)");
        }
        return function;
    }
}

package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transformation of features as settings.
 *
 * @param name of {@link TransformationRegistry}
 * @param options its own, by name; null for their defaults
 */
public record TransformationSettings(String name, @Nullable Map<String, Object> options) {
    /** @throws ConfigException without name */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public TransformationSettings {
        if (name == null) {
            throw new ConfigException(
                    "name: absent (expected: a transformation, one of " + TransformationRegistry.names() + ")");
        }
        options =
                options == null || options.isEmpty() ? null : Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    Map<String, Object> given() {
        return options == null ? Map.of() : options;
    }
}

package io.t4rec.train.search;

import io.t4rec.schema.ConfigException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings that are searched for.
 *
 * @param domains by the setting's name, at least one
 */
public record SearchSpace(Map<String, Domain> domains) {
    /** @throws ConfigException for no setting */
    public SearchSpace {
        if (domains.isEmpty()) {
            throw new ConfigException("space: empty (expected: one setting or more)");
        }
        domains = Collections.unmodifiableMap(new LinkedHashMap<>(domains));
    }
}

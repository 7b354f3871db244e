package io.t4rec.model.task;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How several weighted losses become one. */
enum Reduction {
    MEAN,
    SUM;

    /** @param name null for the mean */
    static Reduction of(String setting, @Nullable String name) {
        if (name == null) {
            return MEAN;
        }
        for (Reduction reduction : values()) {
            if (reduction.label().equals(name)) {
                return reduction;
            }
        }
        throw new ConfigException(setting + ": " + name + " (expected: "
                + Names.expectation(name, List.of(MEAN.label(), SUM.label())) + ")");
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What each of so many losses is multiplied with before they are added. */
    double factor(int losses) {
        return this == MEAN ? 1.0 / losses : 1;
    }
}

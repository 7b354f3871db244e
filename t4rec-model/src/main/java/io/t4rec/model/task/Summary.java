package io.t4rec.model.task;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the hidden states of a session become what is predicted from; padding never counts. */
enum Summary {
    /** Not at all: a prediction at each event. */
    NONE,
    /** The state of the last event. */
    LAST,
    /** The state of the first event: for bodies that look both ways. */
    FIRST,
    /** The mean of the states of all events. */
    MEAN,
    /** A mean whose weights are learned ({@link io.t4rec.nn.layer.AttentionPooling}). */
    ATTENTION;

    static Summary of(String name) {
        for (Summary summary : values()) {
            if (summary.label().equals(name)) {
                return summary;
            }
        }
        List<String> known = Arrays.stream(values()).map(Summary::label).toList();
        throw new ConfigException("summary: " + name + " (expected: " + Names.expectation(name, known) + ")");
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * How events become sequences.
 *
 * @param sideColumns columns beside the item that become features; default none
 * @param maxLength newest events kept of a session; default 20
 * @param dropRepeats whether consecutive events with the same item count once; default false
 */
record DataSettings(List<String> sideColumns, int maxLength, boolean dropRepeats) {
    DataSettings {
        sideColumns = List.copyOf(sideColumns);
        if (maxLength < 2) {
            throw new ConfigException("data.maxLength: " + maxLength + " (expected: >= 2)");
        }
    }

    static DataSettings defaults() {
        return new DataSettings(List.of(), 20, false);
    }
}

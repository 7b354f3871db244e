package io.t4rec.cli;

import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.List;

/**
 * How events become sequences.
 *
 * @param sideColumns columns beside the item that become features; default none
 * @param maxLength newest events kept of a session; default 20
 * @param dropRepeats whether consecutive events with the same item count once; default false
 * @param gapSeconds pause after which a new session begins, where the session column holds users; default 0: sessions are given
 * @param keepTimes whether sequences list the times of their events, for bodies that look at them; default false
 */
record DataSettings(List<String> sideColumns, int maxLength, boolean dropRepeats, long gapSeconds, boolean keepTimes) {
    DataSettings {
        sideColumns = List.copyOf(sideColumns);
        if (maxLength < 2) {
            throw new ConfigException("data.maxLength: " + maxLength + " (expected: >= 2)");
        }
        if (gapSeconds < 0) {
            throw new ConfigException("data.gapSeconds: " + gapSeconds + " (expected: >= 0)");
        }
    }

    static DataSettings defaults() {
        return new DataSettings(List.of(), 20, false, 0, false);
    }

    /** The workflow for events of a schema. */
    WorkflowConfig workflow(Schema events) {
        return WorkflowConfig.sessions(events, sideColumns, maxLength, dropRepeats, gapSeconds, keepTimes);
    }
}

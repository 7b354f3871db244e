package io.t4rec.cli;

import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How events become sequences.
 *
 * @param sideColumns columns beside the item that become features, one value an event; default none
 * @param contextColumns columns of which a session has one value, that of its first event, such as a user's age; default none
 * @param targets columns of which every event has a value to predict, with its kind: binary-classification, regression or
 *     multi-class-classification; never features. The model needs tasks for them: {@code model.heads}, for instance with {@code fromSchema:
 *     true}. Default none
 * @param sessionTargets the same, of which a session has one value, that of its last event; default none
 * @param maxLength newest events kept of a session; default 20
 * @param dropRepeats whether consecutive events with the same item count once; default false
 * @param windowLength training sequences that are longer are cut into several of this length, so that all events are trained on;
 *     default 0: the newest ones alone
 * @param gapSeconds pause after which a new session begins, where the session column holds users; default 0: sessions are given
 * @param keepTimes whether sequences list the times of their events, for bodies that look at them; default false
 * @param workflow roles and operators in full, in place of the settings above; default null: the usual workflow, made by them
 */
record DataSettings(
        List<String> sideColumns,
        List<String> contextColumns,
        Map<String, String> targets,
        Map<String, String> sessionTargets,
        int maxLength,
        boolean dropRepeats,
        int windowLength,
        long gapSeconds,
        boolean keepTimes,
        @Nullable WorkflowConfig workflow) {
    private static final int MAX_LENGTH = 20;

    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    DataSettings {
        sideColumns = List.copyOf(sideColumns);
        contextColumns = contextColumns == null ? List.of() : List.copyOf(contextColumns);
        targets = targets == null ? Map.of() : new LinkedHashMap<>(targets);
        sessionTargets = sessionTargets == null ? Map.of() : new LinkedHashMap<>(sessionTargets);
        if (maxLength < 2) {
            throw new ConfigException("data.maxLength: " + maxLength + " (expected: >= 2)");
        }
        if (windowLength < 0 || windowLength == 1) {
            throw new ConfigException("data.windowLength: " + windowLength + " (expected: 0, or >= 2)");
        }
        if (gapSeconds < 0) {
            throw new ConfigException("data.gapSeconds: " + gapSeconds + " (expected: >= 0)");
        }
        boolean usual = sideColumns.isEmpty()
                && contextColumns.isEmpty()
                && targets.isEmpty()
                && sessionTargets.isEmpty()
                && maxLength == MAX_LENGTH
                && !dropRepeats
                && gapSeconds == 0
                && !keepTimes;
        if (workflow != null && !usual) {
            throw new ConfigException("data.workflow: beside sideColumns " + sideColumns + ", contextColumns "
                    + contextColumns + ", targets " + targets + ", sessionTargets " + sessionTargets + ", maxLength "
                    + maxLength
                    + ", dropRepeats " + dropRepeats + ", gapSeconds " + gapSeconds + ", keepTimes " + keepTimes
                    + " (expected: these at their defaults; the workflow's operators say all of it)");
        }
    }

    static DataSettings defaults() {
        return new DataSettings(List.of(), List.of(), Map.of(), Map.of(), MAX_LENGTH, false, 0, 0, false, null);
    }

    /** The workflow for events of a schema. */
    WorkflowConfig workflow(Schema events) {
        return workflow == null
                ? WorkflowConfig.sessions(
                                events, sideColumns, contextColumns, maxLength, dropRepeats, gapSeconds, keepTimes)
                        .withTargets(events, targets, sessionTargets)
                : workflow;
    }

    /** Columns of the events that the sequences are made of. */
    Schema columns(Schema events) {
        if (workflow != null) {
            return events;
        }
        WorkflowConfig roles = workflow(events);
        Set<String> used = new HashSet<>(List.of(roles.session(), roles.item(), roles.time()));
        used.addAll(sideColumns);
        used.addAll(contextColumns);
        used.addAll(targets.keySet());
        used.addAll(sessionTargets.keySet());
        return events.filter(column -> used.contains(column.name()));
    }
}

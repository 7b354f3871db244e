package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A workflow as settings: which columns have a role, and the operators in order.
 *
 * @param session column of the session or user id
 * @param item column of the item id
 * @param time column of the time, integers that rise; microseconds since 1970 where features or sessions are made of it
 * @param operators applied one after another
 */
public record WorkflowConfig(String session, String item, String time, List<Operator> operators) {
    /** @throws ConfigException when something is left out */
    public WorkflowConfig {
        if (session == null || item == null || time == null || operators == null) {
            throw new ConfigException("workflow: session " + session + ", item " + item + ", time " + time
                    + (operators == null ? ", no operators" : "")
                    + " (expected: session, item and time, columns of the events, and operators)");
        }
        operators = List.copyOf(operators);
    }

    /** These operators, then others. */
    public WorkflowConfig then(Operator... more) {
        return then(List.of(more));
    }

    /** These operators, then those of another workflow with the same roles. */
    public WorkflowConfig then(WorkflowConfig other) {
        if (!List.of(session, item, time).equals(List.of(other.session, other.item, other.time))) {
            throw new ConfigException("workflow: session, item and time " + other.session + ", " + other.item + ", "
                    + other.time + " (expected: as of the first, " + session + ", " + item + ", " + time + ")");
        }
        return then(other.operators);
    }

    private WorkflowConfig then(List<Operator> more) {
        List<Operator> all = new ArrayList<>(operators);
        all.addAll(more);
        return new WorkflowConfig(session, item, time, all);
    }

    /** With the operators of nested parts in their place. */
    WorkflowConfig flat() {
        List<Operator> all = new ArrayList<>();
        operators.forEach(operator -> flatten(operator, all));
        return new WorkflowConfig(session, item, time, all);
    }

    private static void flatten(Operator operator, List<Operator> all) {
        if (operator instanceof Nested nested) {
            nested.operators().forEach(inner -> flatten(inner, all));
        } else {
            all.add(operator);
        }
    }

    /**
     * The usual workflow for session models: one sequence a session, the newest events, sessions of at least two events. Features
     * are made by what a column is:
     *
     * <ul>
     *   <li>the item, integers and text: ids ({@link Categorify})
     *   <li>floating-point columns, and integers tagged continuous: normalised, null becomes the mean, which is 0
     *   <li>features of the time, by their names in {@link TimeFeatures} unless the events have such a column: {@code hour} and {@code
     *       weekday} are ids; {@code elapsed} and {@code recency}, which have a long tail, ln(x + 1), normalised; sines and cosines
     *       as they are
     * </ul>
     *
     * @param events schema of the event file, whose columns {@code session_id}, {@code item_id} and {@code time} are the session, the
     *     item and the time
     * @param sideColumns which of its other columns, and which features of the time, become features
     * @param maxLength newest events kept of a session, from 1
     * @param dropRepeats whether consecutive events with the same item count once
     * @throws ConfigException for a side column that isn't there, is named twice or has another role, and for no length
     */
    public static WorkflowConfig sessions(Schema events, List<String> sideColumns, int maxLength, boolean dropRepeats) {
        return new SessionPreset(events, sideColumns, List.of()).config(maxLength, dropRepeats, 0, false);
    }

    /**
     * As {@link #sessions(Schema, List, int, boolean)}, for events whose session column holds a user: sessions end at idle gaps.
     *
     * @param gapSeconds see {@link Sessionize}
     */
    public static WorkflowConfig sessions(
            Schema events, List<String> sideColumns, int maxLength, boolean dropRepeats, long gapSeconds) {
        return new SessionPreset(events, sideColumns, List.of()).config(maxLength, dropRepeats, gapSeconds, false);
    }

    /**
     * As {@link #sessions(Schema, List, int, boolean, long)}, with the choice to keep times.
     *
     * @param gapSeconds idle gap that ends a session; 0 when the session column holds sessions
     * @param keepTimes whether each sequence also lists the times of its events, microseconds, tagged as time: for bodies that
     *     look at them
     */
    public static WorkflowConfig sessions(
            Schema events,
            List<String> sideColumns,
            int maxLength,
            boolean dropRepeats,
            long gapSeconds,
            boolean keepTimes) {
        return new SessionPreset(events, sideColumns, List.of()).config(maxLength, dropRepeats, gapSeconds, keepTimes);
    }

    /**
     * As {@link #sessions(Schema, List, int, boolean, long, boolean)}, with columns of the session.
     *
     * @param contextColumns columns and features of the time of which a session has one value, that of its first event, such as a
     *     user's age; made into features as side columns are
     */
    public static WorkflowConfig sessions(
            Schema events,
            List<String> sideColumns,
            List<String> contextColumns,
            int maxLength,
            boolean dropRepeats,
            long gapSeconds,
            boolean keepTimes) {
        return new SessionPreset(events, sideColumns, contextColumns)
                .config(maxLength, dropRepeats, gapSeconds, keepTimes);
    }

    /**
     * With columns that are to be predicted, as they are: tagged as targets of their kind, so that no model takes them for a feature. Text,
     * and integers without domain that are classes, become ids ({@link Categorify}).
     *
     * @param events schema of the event file
     * @param ofEvents columns with a target for each event, with their kind: {@code binary-classification}, {@code regression} or {@code
     *     multi-class-classification}
     * @param ofSessions columns whose value at a session's last event is the session's target
     * @throws ConfigException for a column that is absent, a feature too, or doesn't suit its kind
     */
    public WorkflowConfig withTargets(Schema events, Map<String, String> ofEvents, Map<String, String> ofSessions) {
        return TargetColumns.add(this, events, ofEvents, ofSessions);
    }
}

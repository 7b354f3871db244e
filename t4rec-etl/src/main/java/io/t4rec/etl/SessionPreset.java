package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Chooses the operators of {@link WorkflowConfig#sessions} by what the columns are. */
final class SessionPreset {
    private static final String SESSION = "session_id";
    private static final String ITEM = "item_id";
    private static final String TIME = "time";

    private final List<String> sideColumns;
    private final List<String> contextColumns;
    private final List<String> categories = new ArrayList<>(List.of(ITEM));
    private final List<String> numbers = new ArrayList<>();
    private final List<String> times = new ArrayList<>();

    /**
     * @param contextColumns of which a session has one value, that of its first event
     * @throws ConfigException for a column that neither the events have nor is a feature of the time, and for one that is named twice
     */
    SessionPreset(Schema events, List<String> sideColumns, List<String> contextColumns) {
        this.sideColumns = sideColumns;
        this.contextColumns = contextColumns;
        for (String name : sideColumns) {
            if (name.equals(ITEM) || name.equals(SESSION) || Collections.frequency(sideColumns, name) > 1) {
                throw new ConfigException("side column: " + name + " (expected: each once, and not session or item)");
            }
            add("side column", name, events);
        }
        for (String name : contextColumns) {
            if (sideColumns.contains(name) || name.equals(ITEM) || name.equals(SESSION)) {
                throw new ConfigException("context column: " + name
                        + " (expected: one that is no side column, session or item: a column gives one value an event or one a"
                        + " session)");
            }
            add("context column", name, events);
        }
    }

    private void add(String role, String name, Schema events) {
        ColumnSchema column = events.find(name);
        if (column == null && TimeFeatures.KNOWN.contains(name)) {
            times.add(name);
        } else if (column == null || name.equals(TIME)) {
            List<String> known = new ArrayList<>(events.names());
            known.addAll(TimeFeatures.KNOWN);
            known.remove(TIME);
            throw new ConfigException(role + ": " + name + " (expected: " + Names.expectation(name, known) + ")");
        } else if (column.dtype().isFloating() || column.tags().contains(Tag.CONTINUOUS)) {
            numbers.add(name);
        } else {
            categories.add(name);
        }
    }

    /**
     * @param gapSeconds idle gap that ends a session; 0 when the session column holds sessions
     * @param keepTimes whether sequences list the times of their events
     * @throws ConfigException for no length
     */
    WorkflowConfig config(int maxLength, boolean dropRepeats, long gapSeconds, boolean keepTimes) {
        if (maxLength < 1) {
            throw new ConfigException("maxLength: " + maxLength + " (expected: >= 1)");
        }
        List<Operator> operators = new ArrayList<>();
        if (gapSeconds != 0) {
            operators.add(new Sessionize(gapSeconds));
        }
        if (dropRepeats) {
            operators.add(new DropConsecutiveRepeats());
        }
        if (!times.isEmpty()) {
            operators.add(new TimeFeatures(times));
        }
        List<String> tails = times.stream().filter(TimeFeatures::isUnbounded).toList();
        if (!tails.isEmpty()) {
            operators.add(new Log(tails));
        }
        List<String> scaled = new ArrayList<>(numbers);
        scaled.addAll(tails);
        if (!scaled.isEmpty()) {
            operators.add(new Normalize(scaled));
        }
        if (!numbers.isEmpty()) {
            operators.add(new FillMissing(numbers, 0.0));
        }
        // after the numbers, whose fitting then needs no ids
        operators.add(new Categorify(categories, 0, 0, false));
        Map<String, List<String>> lists = new LinkedHashMap<>();
        lists.put(ITEM, List.of("list"));
        categories.forEach(name -> lists.put(name, List.of("list")));
        sideColumns.forEach(name -> lists.put(name, List.of("list")));
        if (!contextColumns.isEmpty()) {
            operators.add(new AddTags(contextColumns, List.of(Tag.CONTEXT.name())));
            // the first event's: a later value would tell of the events that are to be predicted
            contextColumns.forEach(name -> lists.put(name, List.of("first")));
        }
        if (keepTimes) {
            // an event file of one's own may lack the tag that a model finds the times by
            operators.add(new AddTags(List.of(TIME), List.of(Tag.TIME.name())));
            lists.put(TIME, List.of("list"));
        }
        operators.add(new Groupby(lists));
        operators.add(new ListSlice(-maxLength, null));
        operators.add(new SessionLengthFilter(2));
        return new WorkflowConfig(SESSION, ITEM, TIME, operators);
    }
}

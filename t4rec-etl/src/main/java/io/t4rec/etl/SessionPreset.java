package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Chooses the operators of {@link WorkflowConfig#sessions} by what the columns are. */
final class SessionPreset {
    private static final String SESSION = "session_id";
    private static final String ITEM = "item_id";
    private static final String TIME = "time";

    private final List<String> sideColumns;
    private final List<String> categories = new ArrayList<>(List.of(ITEM));
    private final List<String> numbers = new ArrayList<>();
    private final List<String> times = new ArrayList<>();

    /** @throws ConfigException for a side column that neither the events have nor is a feature of the time */
    SessionPreset(Schema events, List<String> sideColumns) {
        this.sideColumns = sideColumns;
        for (String name : sideColumns) {
            ColumnSchema column = events.find(name);
            if (column == null && TimeFeatures.KNOWN.contains(name)) {
                times.add(name);
            } else if (column == null || name.equals(TIME)) {
                List<String> known = new ArrayList<>(events.names());
                known.addAll(TimeFeatures.KNOWN);
                known.remove(TIME);
                throw new ConfigException(
                        "side column: " + name + " (expected: " + Names.expectation(name, known) + ")");
            } else if (column.dtype().isFloating() || column.tags().contains(Tag.CONTINUOUS)) {
                numbers.add(name);
            } else {
                categories.add(name);
            }
        }
    }

    /**
     * @param gapSeconds idle gap that ends a session; 0 when the session column holds sessions
     * @param keepTimes whether sequences list the times of their events
     */
    WorkflowConfig config(int maxLength, boolean dropRepeats, long gapSeconds, boolean keepTimes) {
        List<Operator> operators = new ArrayList<>();
        if (gapSeconds != 0) {
            operators.add(new SessionOperators.Sessionize(gapSeconds));
        }
        if (dropRepeats) {
            operators.add(new SessionOperators.DropConsecutiveRepeats());
        }
        if (!times.isEmpty()) {
            operators.add(new TimeFeatures(times));
        }
        List<String> tails = times.stream().filter(TimeFeatures::isUnbounded).toList();
        if (!tails.isEmpty()) {
            operators.add(new Operators.Log(tails));
        }
        List<String> scaled = new ArrayList<>(numbers);
        scaled.addAll(tails);
        if (!scaled.isEmpty()) {
            operators.add(new Operators.Normalize(scaled));
        }
        if (!numbers.isEmpty()) {
            operators.add(new Operators.FillMissing(numbers, 0.0));
        }
        // after the numbers, whose fitting then needs no ids
        operators.add(new Categorify(categories, 0, 0, false));
        Map<String, List<String>> lists = new LinkedHashMap<>();
        lists.put(ITEM, List.of("list"));
        categories.forEach(name -> lists.put(name, List.of("list")));
        sideColumns.forEach(name -> lists.put(name, List.of("list")));
        if (keepTimes) {
            // an event file of one's own may lack the tag that a model finds the times by
            operators.add(new Operators.AddTags(List.of(TIME), List.of(Tag.TIME.name())));
            lists.put(TIME, List.of("list"));
        }
        operators.add(new SessionOperators.Groupby(lists));
        operators.add(new SessionOperators.ListSlice(-maxLength, null));
        operators.add(new SessionOperators.SessionLengthFilter(2));
        return new WorkflowConfig(SESSION, ITEM, TIME, operators);
    }
}

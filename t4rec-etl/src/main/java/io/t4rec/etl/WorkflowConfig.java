package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A workflow as settings: which columns have a role, and the operators in order.
 *
 * @param session column of the session or user id
 * @param item column of the item id
 * @param time column of the time, integers that rise
 * @param operators applied one after another
 */
public record WorkflowConfig(String session, String item, String time, List<Operator> operators) {
    /** Keeps the given order. */
    public WorkflowConfig {
        operators = List.copyOf(operators);
    }

    /**
     * The usual workflow for session models: ids for items and for integer and text side columns, side numbers normalised, one
     * sequence a session, the newest events, sessions of at least two events.
     *
     * @param events schema of the event file
     * @param sideColumns which of its other columns become features
     * @param maxLength newest events kept of a session
     * @param dropRepeats whether consecutive events with the same item count once
     */
    public static WorkflowConfig sessions(Schema events, List<String> sideColumns, int maxLength, boolean dropRepeats) {
        String session = "session_id";
        String item = "item_id";
        String time = "time";
        List<Operator> operators = new ArrayList<>();
        if (dropRepeats) {
            operators.add(new SessionOperators.DropConsecutiveRepeats());
        }
        List<String> categorical = new ArrayList<>(List.of(item));
        List<String> continuous = new ArrayList<>();
        for (String name : sideColumns) {
            ColumnSchema column = events.get(name);
            (column.dtype() == DType.FLOAT64 || column.dtype() == DType.FLOAT32 ? continuous : categorical).add(name);
        }
        operators.add(new Operators.Categorify(categorical, 0, 0));
        if (!continuous.isEmpty()) {
            operators.add(new Operators.Normalize(continuous));
            operators.add(new Operators.FillMissing(continuous, 0.0));
        }
        Map<String, List<String>> lists = new LinkedHashMap<>();
        categorical.forEach(name -> lists.put(name, List.of("list")));
        continuous.forEach(name -> lists.put(name, List.of("list")));
        operators.add(new SessionOperators.Groupby(lists));
        operators.add(new SessionOperators.ListSlice(-maxLength, null));
        operators.add(new SessionOperators.SessionLengthFilter(2));
        return new WorkflowConfig(session, item, time, operators);
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Columns of a table beside the events, such as of items or users, by a key. The table becomes part of the fitted workflow, so that
 * requests find it too.
 *
 * @param table file: Parquet, CSV with a header, or JSON lines
 * @param on columns of the events, integers or text, that the rows are found by
 * @param onTable names of the table's columns to match, as many as are chosen of the events; default the same names
 * @param columns taken from the table; default all but the key
 * @param how what becomes of an event without row: {@code LEFT} keeps it with nulls, {@code INNER} drops it; default LEFT
 * @param dropDuplicates whether of rows with one key the first is taken; default false, which refuses them
 */
public record JoinExternal(
        String table, List<String> on, List<String> onTable, List<String> columns, How how, boolean dropDuplicates)
        implements Operator {
    private static final String OPERATOR = "join-external";

    /** What becomes of an event whose key the table doesn't have. */
    public enum How {
        /** It stays, with nulls and empty lists. */
        LEFT,
        /** It goes. */
        INNER
    }

    /** @throws ConfigException without table or key */
    public JoinExternal {
        on = Operators.given(OPERATOR, on);
        onTable = onTable == null ? List.of() : List.copyOf(onTable);
        columns = columns == null ? List.of() : List.copyOf(columns);
        how = how == null ? How.LEFT : how;
        if (table == null) {
            throw new ConfigException(OPERATOR + ": no table (expected: a file)");
        }
    }

    /** All columns of a table by a key that both have; events without row stay. */
    public static JoinExternal of(String table, String... on) {
        return new JoinExternal(table, List.of(on), List.of(), List.of(), How.LEFT, false);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    /** Columns of the events that rows are found by. */
    private List<String> keys(Input input) {
        List<String> keys = GroupKey.chosen(input, OPERATOR, on);
        if (!onTable.isEmpty() && onTable.size() != keys.size()) {
            throw new ConfigException("operator " + input.number() + " (" + OPERATOR + "): on " + keys + ", onTable "
                    + onTable + " (expected: as many columns of each)");
        }
        return keys;
    }

    private String key(Input input) {
        return input.key(String.join("_", keys(input)), "table");
    }

    @Override
    public void arrange(Input input, FittedState state) {
        state.tables()
                .put(
                        key(input),
                        new ExternalTable(table)
                                .read(onTable.isEmpty() ? keys(input) : onTable, columns, dropDuplicates));
    }

    @Override
    public Map<String, Long> kept(Input input, FittedState state) {
        return Map.of(key(input), (long) state.table(key(input)).keys().size());
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> keys = keys(input);
        KeyedTable found = state.table(key(input));
        ExternalTable.requireKeys(input, OPERATOR, keys, found);
        Schema added = ExternalTable.schema(found);
        Map<String, Expr> expressions = new LinkedHashMap<>();
        for (ColumnSchema column : added.columns()) {
            input.requireNew(OPERATOR, column.name());
            DType elements = column.isList() ? column.dtype() : null;
            expressions.put(
                    column.name(), new Expr.LookupColumn(key(input), column.name(), GroupKey.of(keys), elements));
        }
        Step project = new Step.Project(expressions);
        Schema after = input.schema().plus(added);
        return how == How.LEFT
                ? new Built(List.of(project), after)
                : new Built(List.of(new Step.Where(found(input), Step.Scope.EVERYWHERE), project), after);
    }

    private Expr found(Input input) {
        Expr row = new Expr.LookupColumn(key(input), KeyedTable.KEY, GroupKey.of(keys(input)));
        return Expr.call(Expr.Function.DISTINCT, row, Expr.literal(null));
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * New names. Columns that tell sessions and their order keep theirs.
 *
 * @param names new name by old; or none
 * @param columns that get the postfix; none without postfix
 * @param postfix put behind the names of the columns, or null for none
 */
public record Rename(
        Map<String, String> names,
        List<String> columns,
        @Nullable String postfix) implements Operator {
    private static final String OPERATOR = "rename";

    /** @throws ConfigException without names and postfix, or for columns without postfix */
    public Rename {
        names = names == null ? Map.of() : Operators.renamed(OPERATOR, names);
        columns = columns == null ? List.of() : List.copyOf(columns);
        boolean post = postfix != null && !postfix.isEmpty();
        if ((names.isEmpty() && !post) || post == columns.isEmpty()) {
            throw new ConfigException(
                    "rename: no names (expected: at least one, the new by the old; or columns and a postfix)");
        }
    }

    /** These names. */
    public Rename(Map<String, String> names) {
        this(names, List.of(), null);
    }

    @Override
    public Built build(Input input, FittedState state) {
        Map<String, String> all = new LinkedHashMap<>();
        input.select(OPERATOR, columns).forEach(column -> all.put(column, column + postfix));
        all.putAll(names);
        all.keySet().forEach(column -> input.changeable(OPERATOR, column));
        Input others =
                new Input(input.number(), input.workflow(), input.schema().excluding(all.keySet()));
        all.values().forEach(name -> others.requireNew(OPERATOR, name));
        Schema schema = Schema.of(input.schema().columns().stream()
                .map(column -> column.withName(all.getOrDefault(column.name(), column.name())))
                .toList());
        return new Built(List.of(new Step.Rename(all)), schema);
    }
}

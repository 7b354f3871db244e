package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the chosen columns; an entry with a minus before it takes columns away again: {@code ["*", "-price"]}. While rows are events,
 * the columns that tell sessions and their order stay, chosen or not.
 *
 * @param columns names, {@code tag:TAG}, {@code type:TYPE} or patterns with {@code *}
 */
public record Select(List<String> columns) implements Operator {
    private static final String OPERATOR = "select";

    /** @throws ConfigException without column */
    public Select {
        columns = Operators.given(OPERATOR, columns);
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> kept = new ArrayList<>(input.select(OPERATOR, columns));
        List<String> needed = new ArrayList<>(input.session());
        needed.add(input.workflow().time());
        boolean events = input.schema().contains(input.workflow().time())
                && !input.schema().get(input.workflow().time()).isList();
        needed.removeIf(
                column -> kept.contains(column) || !events || !input.schema().contains(column));
        kept.addAll(0, needed);
        if (kept.isEmpty()) {
            throw new ConfigException("operator " + input.number() + " (" + OPERATOR + "): columns " + columns
                    + " keep none of " + input.schema().names() + " (expected: at least one that stays)");
        }
        return keeping(input.schema(), kept);
    }

    /** What keeps columns of a schema. */
    static Built keeping(Schema schema, List<String> kept) {
        return new Built(List.of(new Step.Select(List.copyOf(kept))), schema.select(kept));
    }
}

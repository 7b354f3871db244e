package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * Operators under a name: a part of the workflow that {@link Workflow#part} gives as a workflow of its own.
 *
 * @param name of the part
 * @param operators applied one after another
 */
public record Nested(String name, List<Operator> operators) implements Operator {
    /** @throws ConfigException without name or operators */
    public Nested {
        if (name == null || name.isBlank() || operators == null || operators.isEmpty()) {
            throw new ConfigException("nested: name " + name + ", operators " + operators + " (expected: both)");
        }
        operators = List.copyOf(operators);
    }

    @Override
    public boolean needsData() {
        return operators.stream().anyMatch(Operator::needsData);
    }

    @Override
    public Built build(Input input, FittedState state) {
        throw new IllegalStateException("nested: " + name + " (expected: its operators in its place)");
    }
}

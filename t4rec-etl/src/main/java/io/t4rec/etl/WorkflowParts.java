package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.Names;
import java.util.List;
import java.util.Map;

/** Parts of a fitted workflow as workflows of their own. */
final class WorkflowParts {
    private WorkflowParts() {}

    static Workflow of(WorkflowConfig config, Schema input, FittedState state, String name) {
        List<Operator> operators = config.operators();
        for (int at = 0; at < operators.size(); at++) {
            if (operators.get(at) instanceof Nested nested && nested.name().equals(name)) {
                WorkflowConfig before = with(config, operators.subList(0, at));
                int first = before.flat().operators().size();
                Schema there = Workflow.of(before, input, state).outputSchema();
                return Workflow.of(with(config, nested.operators()), there, renumbered(state, first));
            }
        }
        List<String> known = operators.stream()
                .filter(Nested.class::isInstance)
                .map(operator -> ((Nested) operator).name())
                .toList();
        throw new ConfigException("part: " + name + " (expected: "
                + (known.isEmpty() ? "a workflow with nested operators" : Names.expectation(name, known)) + ")");
    }

    private static WorkflowConfig with(WorkflowConfig config, List<Operator> operators) {
        return new WorkflowConfig(config.session(), config.item(), config.time(), operators);
    }

    /** What was fitted, for operators whose numbers begin at 0 again. */
    private static FittedState renumbered(FittedState state, int first) {
        FittedState part = new FittedState();
        state.vocabularies().forEach((name, value) -> put(part.vocabularies(), name, value, first));
        state.numbers().forEach((name, value) -> put(part.numbers(), name, value, first));
        state.tables().forEach((name, value) -> put(part.tables(), name, value, first));
        state.statistics().forEach((name, value) -> put(part.statistics(), name, value, first));
        return part;
    }

    private static <T> void put(Map<String, T> part, String name, T value, int first) {
        int dot = name.indexOf('.');
        boolean numbered = dot > 0 && name.substring(0, dot).chars().allMatch(Character::isDigit);
        if (!numbered) {
            part.put(name, value);
            return;
        }
        int number = Integer.parseInt(name.substring(0, dot));
        if (number >= first) {
            part.put((number - first) + name.substring(dot), value);
        } else {
            part.putIfAbsent(name, value); // a column whose name looks like a number keeps its vocabulary
        }
    }
}

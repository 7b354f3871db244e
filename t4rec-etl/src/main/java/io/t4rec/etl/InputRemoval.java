package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The steps of a workflow for events that lack some columns: what depends on them is left out. */
final class InputRemoval {
    private final Set<String> missing;
    private final List<Step> steps = new ArrayList<>();

    private InputRemoval(Collection<String> removed) {
        this.missing = new LinkedHashSet<>(removed);
    }

    /** Steps and output schema without the columns. */
    record Pruned(List<Step> steps, Schema output) {}

    /** @throws ConfigException when a filter or the sessions need a column */
    static Pruned of(List<Step> steps, Schema output, Collection<String> removed) {
        InputRemoval removal = new InputRemoval(removed);
        steps.forEach(removal::add);
        return new Pruned(List.copyOf(removal.steps), output.excluding(removal.missing));
    }

    private void add(Step step) {
        if (step instanceof Step.Project project) {
            project(project);
        } else if (step instanceof Step.Rename rename) {
            rename(rename);
        } else if (step instanceof Step.Select select) {
            steps.add(new Step.Select(present(select.columns())));
        } else if (step instanceof Step.Where where) {
            require("a filter", MentionedColumns.of(where.predicate()));
            steps.add(where);
        } else {
            group((Step.Group) step);
        }
    }

    private void project(Step.Project project) {
        Map<String, Expr> kept = new LinkedHashMap<>();
        Set<String> lost = new LinkedHashSet<>();
        project.columns().forEach((name, expression) -> {
            if (MentionedColumns.of(expression).stream().anyMatch(missing::contains)) {
                lost.add(name);
            } else {
                kept.put(name, expression);
            }
        });
        missing.removeAll(kept.keySet());
        missing.addAll(lost);
        if (!kept.isEmpty()) {
            steps.add(new Step.Project(kept, project.scope()));
        }
    }

    private void rename(Step.Rename rename) {
        Map<String, String> kept = new LinkedHashMap<>(rename.names());
        Set<String> renamed = new LinkedHashSet<>();
        missing.forEach(name -> renamed.add(rename.names().getOrDefault(name, name)));
        kept.keySet().removeAll(missing);
        missing.clear();
        missing.addAll(renamed);
        steps.add(new Step.Rename(kept));
    }

    private void group(Step.Group group) {
        require("groupby", group.session());
        require("groupby", group.order());
        Map<String, Step.Aggregate> kept = new LinkedHashMap<>();
        group.columns().forEach((name, aggregate) -> {
            if (!missing.contains(aggregate.column())) {
                kept.put(name, aggregate);
            }
        });
        Set<String> lost = new LinkedHashSet<>(group.columns().keySet());
        lost.removeAll(kept.keySet());
        missing.clear();
        missing.addAll(lost);
        steps.add(new Step.Group(group.session(), group.order(), group.descending(), kept));
    }

    private List<String> present(List<String> columns) {
        return columns.stream().filter(column -> !missing.contains(column)).toList();
    }

    private void require(String what, Collection<String> columns) {
        for (String column : columns) {
            if (missing.contains(column)) {
                throw new ConfigException("without inputs: " + what + " needs column " + column
                        + " (expected: to keep what it is made of)");
            }
        }
    }
}

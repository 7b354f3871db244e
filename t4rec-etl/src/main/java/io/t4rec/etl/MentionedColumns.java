package io.t4rec.etl;

import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which columns of the events a workflow looks at: a request need not carry the others. */
final class MentionedColumns {
    private final Set<String> names = new HashSet<>();

    private MentionedColumns() {}

    /** The columns with a role and those that a step mentions; all of them when rows of the events are the result. */
    static Schema of(WorkflowConfig config, Schema input, List<Step> steps) {
        if (steps.stream().noneMatch(Step.Group.class::isInstance)) {
            return input;
        }
        MentionedColumns mentioned = new MentionedColumns();
        mentioned.names.addAll(List.of(config.session(), config.item(), config.time()));
        steps.forEach(mentioned::add);
        return input.filter(column -> mentioned.names.contains(column.name()));
    }

    private void add(Step step) {
        if (step instanceof Step.Project project) {
            project.columns().values().forEach(this::add);
        } else if (step instanceof Step.Rename rename) {
            names.addAll(rename.names().keySet());
        } else if (step instanceof Step.Where where) {
            add(where.predicate());
        } else if (step instanceof Step.Select select) {
            names.addAll(select.columns());
        } else {
            Step.Group group = (Step.Group) step;
            names.addAll(group.session());
            names.addAll(group.order());
            group.columns().values().forEach(aggregate -> names.add(aggregate.column()));
        }
    }

    private void add(Expr expr) {
        if (expr instanceof Expr.Column column) {
            names.add(column.name());
        }
        names.addAll(expr.groupedBy());
        expr.parts().forEach(this::add);
    }

    /** Columns that an expression looks at. */
    static Set<String> of(Expr expr) {
        MentionedColumns mentioned = new MentionedColumns();
        mentioned.add(expr);
        return mentioned.names;
    }

    /** All expressions of a step, whole ones and their parts. */
    static List<Expr> expressions(Step step) {
        List<Expr> all = new ArrayList<>();
        if (step instanceof Step.Project project) {
            project.columns().values().forEach(expr -> collect(expr, all));
        } else if (step instanceof Step.Where where) {
            collect(where.predicate(), all);
        }
        return all;
    }

    private static void collect(Expr expr, List<Expr> all) {
        all.add(expr);
        expr.parts().forEach(part -> collect(part, all));
    }
}

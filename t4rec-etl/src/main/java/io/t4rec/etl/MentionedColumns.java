package io.t4rec.etl;

import io.t4rec.schema.Schema;
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
            group.columns().values().forEach(aggregate -> names.add(aggregate.column()));
        }
    }

    private void add(Expr expr) {
        if (expr instanceof Expr.Column column) {
            names.add(column.name());
        } else if (expr instanceof Expr.Call call) {
            call.arguments().forEach(this::add);
        } else if (expr instanceof Expr.Lookup lookup) {
            add(lookup.value());
        } else if (expr instanceof Expr.LookupEach lookup) {
            add(lookup.list());
        } else if (expr instanceof Expr.LookupNumber lookup) {
            add(lookup.value());
        } else if (expr instanceof Expr.Previous previous) {
            add(previous.value());
            names.addAll(previous.session());
        } else if (expr instanceof Expr.SumSoFar sum) {
            add(sum.value());
            names.addAll(sum.session());
        } else if (expr instanceof Expr.Largest largest) {
            add(largest.value());
            names.addAll(largest.session());
        } else if (expr instanceof Expr.Slice slice) {
            add(slice.list());
        } else if (expr instanceof Expr.Pad pad) {
            add(pad.list());
        } else if (expr instanceof Expr.Each each) {
            add(each.list());
        }
    }
}

package io.t4rec.etl;

import java.util.List;

/** Of consecutive events with the same item in a session, keeps the first. */
public record DropConsecutiveRepeats() implements Operator {
    @Override
    public Built build(Input input, FittedState state) {
        input.scalar("drop-consecutive-repeats", input.workflow().item());
        Expr item = Expr.column(input.workflow().item());
        Expr changes = Expr.call(Expr.Function.DISTINCT, item, new Expr.Previous(item, input.session()));
        // what is before a session's first event is null, as its item may be
        Expr follows = Expr.call(
                Expr.Function.DISTINCT, new Expr.Previous(Expr.literal(1L), input.session()), Expr.literal(null));
        Expr kept = Expr.call(Expr.Function.AT_LEAST, changes, follows);
        return new Built(List.of(new Step.Where(kept, Step.Scope.EVERYWHERE)), input.schema());
    }
}

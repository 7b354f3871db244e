package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * Drops rare items and short sessions in turn until nothing changes (a k-core), so that both bounds hold at once. What items stay is
 * found in the data the workflow is fitted on; sessions are counted in the data at hand. Data sets only: a request keeps its events.
 *
 * @param minItem fewest events of an item that stays, at least 1
 * @param minSession fewest events of a session that stays, at least 1
 */
public record KCore(int minItem, int minSession) implements Operator {
    private static final String OPERATOR = "k-core";

    /** @throws ConfigException for bounds below 1 */
    public KCore {
        if (minItem < 1 || minSession < 1) {
            throw new ConfigException(
                    OPERATOR + ": minItem " + minItem + ", minSession " + minSession + " (expected: >= 1)");
        }
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        String item = input.workflow().item();
        GroupKey.require(input, OPERATOR, List.of(item));
        return List.of(new Statistic.Core(input.key(item, OPERATOR), item, minItem, input.session(), minSession));
    }

    @Override
    public Built build(Input input, FittedState state) {
        String item = input.workflow().item();
        GroupKey.require(input, OPERATOR, List.of(item));
        state.vocabulary(input.key(item, OPERATOR));
        Expr id = new Expr.Lookup(input.key(item, OPERATOR), Expr.column(item));
        Expr known = Expr.call(Expr.Function.AT_LEAST, id, Expr.literal(Vocabulary.FIRST));
        Expr enough =
                Expr.call(Expr.Function.AT_LEAST, new Expr.Rows(input.session()), Expr.literal((long) minSession));
        return new Built(
                List.of(new Step.Where(known, Step.Scope.DATA_SETS), new Step.Where(enough, Step.Scope.DATA_SETS)),
                input.schema());
    }
}

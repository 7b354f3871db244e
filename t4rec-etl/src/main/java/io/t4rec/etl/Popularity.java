package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often an item was seen before, without looking ahead, as a new column. On the data that the workflow is fitted on ({@link
 * Workflow#transformTraining}, and for operators behind this one), the number of events with an earlier time, so events of one moment don't
 * count each other; everywhere else, the number in the whole fitted data, which lies before. Null has no popularity: 0 there.
 *
 * @param column whose values are counted; default the item's
 * @param name of the new column; default {@code popularity}
 */
public record Popularity(@Nullable String column, @Nullable String name) implements Operator {
    private static final String OPERATOR = "popularity";

    @Override
    public boolean needsData() {
        return true;
    }

    private String counted(Input input) {
        String counted = column == null ? input.workflow().item() : column;
        GroupKey.require(input, OPERATOR, List.of(counted));
        input.scalar(OPERATOR, input.workflow().time());
        return counted;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        String counted = counted(input);
        return List.of(new Statistic.Groups(input.key(counted, OPERATOR), Expr.column(counted), List.of(), false));
    }

    @Override
    public Built build(Input input, FittedState state) {
        String counted = counted(input);
        String added = name == null ? OPERATOR : name;
        input.requireNew(OPERATOR, added);
        state.table(input.key(counted, OPERATOR));
        Expr key = Expr.column(counted);
        Expr all = new Expr.LookupColumn(input.key(counted, OPERATOR), "rows", key);
        Expr known = Expr.call(Expr.Function.DISTINCT, key, Expr.literal(null));
        Expr earlier = Expr.call(Expr.Function.MULTIPLY, new Expr.Earlier(List.of(counted)), known);
        ColumnSchema schema = ColumnSchema.scalar(added, DType.INT64).withTags(Tag.CONTINUOUS);
        return new Built(
                List.of(
                        new Step.Project(
                                Map.of(added, Expr.call(Expr.Function.COALESCE, all, Expr.literal(0L))),
                                Step.Scope.NOT_TRAINING_DATA),
                        new Step.Project(Map.of(added, earlier), Step.Scope.TRAINING_DATA)),
                input.schema().plus(Schema.of(schema)));
    }
}

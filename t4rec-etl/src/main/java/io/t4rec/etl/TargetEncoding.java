package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mean of a target among the rows of a group, drawn towards the mean of all rows: {@code (sum + smoothing mean) / (count + smoothing)},
 * as a new column {@code TE_GROUP_TARGET}. A group that was not there, and a null key, gives the mean.
 *
 * <p>On the data it is fitted on ({@link Workflow#transformTraining}, and for operators behind it) a row sees the other folds alone, so not
 * its own target; everywhere else, the whole fitted data. All events of a session are in one fold, drawn by {@link StableHash} of seed and
 * session. NVTabular draws folds row by row, and does so when serving too.
 *
 * @param by columns that tell groups apart, integers or text
 * @param target column of numbers; rows without one don't count
 * @param folds at least 2, or 1 for no folds; default 0, as 3
 * @param smoothing number of rows that the mean of all weighs as much as; default 20
 * @param seed of the folds; default 42
 * @param name of the new column; default {@code TE_GROUP_TARGET}
 */
public record TargetEncoding(
        List<String> by,
        String target,
        int folds,
        @Nullable Double smoothing,
        @Nullable Long seed,
        @Nullable String name)
        implements Operator {
    private static final String OPERATOR = "target-encoding";
    private static final int DEFAULT_FOLDS = 3;
    private static final double DEFAULT_SMOOTHING = 20;
    private static final long DEFAULT_SEED = 42;

    /** @throws ConfigException without group or target, for negative folds or smoothing */
    public TargetEncoding {
        by = Operators.given(OPERATOR, by);
        folds = folds == 0 ? DEFAULT_FOLDS : folds;
        smoothing = smoothing == null ? (Double) DEFAULT_SMOOTHING : smoothing;
        seed = seed == null ? (Long) DEFAULT_SEED : seed;
        if (target == null || folds < 1 || !(smoothing >= 0) || !Double.isFinite(smoothing)) {
            throw new ConfigException(OPERATOR + ": target " + target + ", folds " + folds + ", smoothing " + smoothing
                    + " (expected: a column, at least 1, finite and at least 0)");
        }
    }

    /** With the usual folds and smoothing. */
    public static TargetEncoding of(String target, String... by) {
        return new TargetEncoding(List.of(by), target, 0, null, null, null);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        List<String> keys = keys(input);
        Operators.real(input, OPERATOR, input.scalar(OPERATOR, target));
        Statistic mean = new Statistic.Moments(key(input, keys, "target"), target);
        Statistic groups = new Statistic.Groups(key(input, keys, "groups"), GroupKey.of(keys), List.of(target), false);
        return folds == 1
                ? List.of(mean, groups)
                : List.of(
                        mean,
                        groups,
                        new Statistic.Groups(key(input, keys, "folds"), inFold(input, keys), List.of(target), false));
    }

    private List<String> keys(Input input) {
        return GroupKey.chosen(input, OPERATOR, by);
    }

    private String key(Input input, List<String> keys, String purpose) {
        return input.key(String.join("_", keys), target + "." + purpose);
    }

    /** The group within the row's fold. */
    private Expr inFold(Input input, List<String> keys) {
        Expr drawn = Expr.call(
                Expr.Function.TUPLE,
                Expr.literal(seed),
                Expr.column(input.workflow().session()));
        Expr fold = Expr.call(Expr.Function.HASH_BUCKET, drawn, Expr.literal((long) folds));
        return Expr.call(Expr.Function.TUPLE, GroupKey.of(keys), fold);
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> keys = keys(input);
        String encoded = name == null ? "TE_" + String.join("_", keys) + "_" + target : name;
        input.requireNew(OPERATOR, encoded);
        double mean = state.statistic(key(input, keys, "target") + ".mean");
        String groups = key(input, keys, "groups");
        state.table(groups);
        Expr key = GroupKey.of(keys);
        Expr sum = number(new Expr.LookupColumn(groups, target + ".sum", key));
        Expr count = number(new Expr.LookupColumn(groups, target + ".count", key));
        List<Step> steps;
        Step.Project all = new Step.Project(
                Map.of(encoded, smoothed(sum, count, mean)),
                folds == 1 ? Step.Scope.EVERYWHERE : Step.Scope.NOT_TRAINING_DATA);
        if (folds == 1) {
            steps = List.of(all);
        } else {
            String folded = key(input, keys, "folds");
            state.table(folded);
            Expr own = inFold(input, keys);
            Expr others = minus(sum, new Expr.LookupColumn(folded, target + ".sum", own));
            Expr otherCount = minus(count, new Expr.LookupColumn(folded, target + ".count", own));
            steps = List.of(
                    all,
                    new Step.Project(Map.of(encoded, smoothed(others, otherCount, mean)), Step.Scope.TRAINING_DATA));
        }
        ColumnSchema added = ColumnSchema.scalar(encoded, DType.FLOAT64).withTags(Tag.CONTINUOUS);
        return new Built(steps, input.schema().plus(Schema.of(added)));
    }

    private static Expr number(Expr value) {
        return Expr.call(Expr.Function.MULTIPLY, value, Expr.literal(1.0));
    }

    private static Expr minus(Expr all, Expr own) {
        return Expr.call(
                Expr.Function.SUBTRACT, all, Expr.call(Expr.Function.COALESCE, number(own), Expr.literal(0.0)));
    }

    /** The mean where the sum or the count is null: of a null key, a group never seen, one without numbers. */
    private Expr smoothed(Expr sum, Expr count, double mean) {
        double weight = smoothing == null ? DEFAULT_SMOOTHING : smoothing;
        Expr above = Expr.call(Expr.Function.ADD, sum, Expr.literal(weight * mean));
        Expr below = Expr.call(Expr.Function.ADD, count, Expr.literal(weight));
        return Expr.call(Expr.Function.COALESCE, Expr.call(Expr.Function.DIVIDE, above, below), Expr.literal(mean));
    }
}

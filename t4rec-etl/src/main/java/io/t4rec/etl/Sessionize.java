package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.List;
import java.util.Map;

/**
 * Cuts a user's events into sessions: a new one begins after an idle gap. The workflow's session column then holds the user; the
 * new column {@value #COLUMN} counts the user's sessions from 1, and both together tell sessions apart from here on. A request
 * keeps each user's newest session only, so it has one answer a user.
 *
 * @param gapSeconds a session ends when the next event comes more than this later; at least 1
 */
public record Sessionize(long gapSeconds) implements Operator {
    /** Name of the new column. */
    public static final String COLUMN = "session_number";

    /** Property of that column. */
    static final String NUMBER_OF_SESSION = "number_of_session";

    private static final String OPERATOR = "sessionize";
    private static final long MICROS_PER_SECOND = 1_000_000;

    /** Longest gap: a hundred years. */
    private static final long MAX_GAP = 100L * 366 * 24 * 3600;

    /** @throws ConfigException for a gap out of range */
    public Sessionize {
        if (gapSeconds < 1 || gapSeconds > MAX_GAP) {
            throw new ConfigException(OPERATOR + ": gapSeconds " + gapSeconds + " (expected: 1 to " + MAX_GAP + ")");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        input.scalar(OPERATOR, input.workflow().session());
        input.scalar(OPERATOR, input.workflow().time());
        input.requireNew(OPERATOR, COLUMN);
        List<String> user = input.session();
        Expr time = Expr.column(input.workflow().time());
        Expr gap = Expr.call(Expr.Function.SUBTRACT, time, new Expr.Previous(time, user));
        Expr idle = Expr.call(Expr.Function.AT_LEAST, gap, Expr.literal(gapSeconds * MICROS_PER_SECOND + 1));
        Expr begins = Expr.call(Expr.Function.COALESCE, idle, Expr.literal(1L));
        Expr number = Expr.column(COLUMN);
        return new Built(
                List.of(
                        new Step.Project(Map.of(COLUMN, begins)),
                        new Step.Project(Map.of(COLUMN, new Expr.SumSoFar(number, user))),
                        new Step.Where(
                                Expr.call(Expr.Function.EQUAL, number, new Expr.Largest(number, user)),
                                Step.Scope.REQUESTS)),
                input.schema()
                        .plus(Schema.of(ColumnSchema.scalar(COLUMN, DType.INT64)
                                .withProperties(Map.of(NUMBER_OF_SESSION, true)))));
    }

    /** Whether rows have a number made by an operator before, of another workflow too. */
    static boolean divides(Schema schema) {
        return schema.contains(COLUMN)
                && schema.get(COLUMN).properties().containsKey(NUMBER_OF_SESSION)
                && !schema.get(COLUMN).isList();
    }
}

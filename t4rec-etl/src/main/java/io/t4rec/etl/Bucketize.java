package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * Ids for ranges of numbers: 2 for a value below the first boundary, and one more for each boundary that it reaches. 0 pads and 1 is
 * null, as in {@link Categorify}; NVTabular's ids begin at 0. Of a list, each element gets its id.
 *
 * @param boundaries rising, at least one; a boundary belongs to the range above it
 */
public record Bucketize(List<String> columns, List<Double> boundaries) implements Operator {
    private static final String OPERATOR = "bucketize";

    /** @throws ConfigException without column, and for boundaries that are not finite or don't rise */
    public Bucketize {
        columns = Operators.given(OPERATOR, columns);
        boolean rise = boundaries != null && !boundaries.isEmpty() && Double.isFinite(boundaries.get(0));
        for (int i = 1; rise && i < boundaries.size(); i++) {
            rise = Double.isFinite(boundaries.get(i)) && boundaries.get(i - 1) < boundaries.get(i);
        }
        if (!rise) {
            throw new ConfigException(
                    OPERATOR + ": boundaries " + boundaries + " (expected: finite numbers that rise, at least one)");
        }
        boundaries = List.copyOf(boundaries);
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.perColumn(
                input,
                OPERATOR,
                columns,
                column -> {
                    Operators.real(input, OPERATOR, column);
                    return IdColumns.of(column, Vocabulary.UNKNOWN + boundaries.size(), null);
                },
                (column, element) -> id(element));
    }

    private Expr id(Expr value) {
        List<Expr> arguments = new ArrayList<>(List.of(value));
        boundaries.forEach(boundary -> arguments.add(Expr.literal(boundary)));
        Expr reached = new Expr.Call(Expr.Function.BUCKET, arguments);
        Expr id = Expr.call(Expr.Function.ADD, reached, Expr.literal(Vocabulary.UNKNOWN));
        return Expr.call(Expr.Function.COALESCE, id, Expr.literal(Vocabulary.NULL));
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Tag;
import java.util.List;

/**
 * Ids for categories, most frequent first; see {@link Vocabulary} for the layout. Of a list, each element gets its id.
 *
 * @param columns integer or text columns
 * @param frequencyThreshold values seen less often become unknown; default 0 keeps all
 * @param maxSize most values kept, the most frequent ones; default 0 keeps all
 * @param shared whether the columns, all of one type, have one vocabulary, so that a value has the same id in each; default
 *     false
 */
public record Categorify(List<String> columns, int frequencyThreshold, int maxSize, boolean shared)
        implements Operator {
    /** @throws ConfigException for negative bounds or no column */
    public Categorify {
        columns = Operators.given("categorify", columns);
        if (frequencyThreshold < 0 || maxSize < 0) {
            throw new ConfigException("categorify: frequencyThreshold " + frequencyThreshold + ", maxSize " + maxSize
                    + " (expected: >= 0)");
        }
    }

    /** Keeps all values; each column has its own vocabulary. */
    public static Categorify of(String... columns) {
        return new Categorify(List.of(columns), 0, 0, false);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        for (String column : columns) {
            check(input, column);
        }
        long atLeast = Math.max(1, frequencyThreshold);
        return shared
                ? List.of(new Statistic.Counts(
                        columns, columns.stream().map(Expr::column).toList(), atLeast, maxSize))
                : columns.stream()
                        .<Statistic>map(column -> Statistic.Counts.of(column, column, atLeast, maxSize))
                        .toList();
    }

    private void check(Input input, String column) {
        ColumnSchema found = input.changeable("categorify", column);
        if (found.dtype().isFloating()) {
            throw input.refusal("categorify", column, found.dtype().toString(), "integers or text");
        }
        boolean again = input.workflow().operators().subList(0, input.number()).stream()
                .anyMatch(other -> other instanceof Categorify earlier && earlier.columns.contains(column));
        if (again) {
            throw input.refusal("categorify", column, "has ids already", "a column that was not categorified before");
        }
        ColumnSchema first = input.require("categorify", columns.get(0));
        if (shared && (first.dtype() == DType.STRING) != (found.dtype() == DType.STRING)) {
            throw input.refusal(
                    "categorify",
                    column,
                    found.dtype().toString(),
                    "one type for a shared vocabulary: " + first.dtype());
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.project(
                input,
                "categorify",
                columns,
                column -> {
                    check(input, column.name());
                    String name = shared ? columns.get(0) : column.name();
                    long max = state.vocabulary(column.name()).cardinality() - 1;
                    return new ColumnSchema(
                                    column.name(),
                                    DType.INT64,
                                    column.shape(),
                                    column.tags(),
                                    null,
                                    null,
                                    column.properties())
                            .withIntDomain(new IntDomain(0, max, name))
                            .withTags(Tag.CATEGORICAL);
                },
                column -> column.isList()
                        ? new Expr.LookupEach(column.name(), Expr.column(column.name()))
                        : new Expr.Lookup(column.name(), Expr.column(column.name())));
    }
}

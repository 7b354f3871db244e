package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Tag;
import java.util.List;
import java.util.Map;

/**
 * Ids back to the raw values they were made of by {@link Categorify} before, whatever the columns are called by now; in lists, each
 * element. Ids of null, of unknown values and of the padding become null.
 */
public record InverseCategorify(List<String> columns) implements Operator {
    private static final String OPERATOR = "inverse-categorify";

    /** @throws ConfigException without column */
    public InverseCategorify {
        columns = Operators.given(OPERATOR, columns);
    }

    @Override
    public Built build(Input input, FittedState state) {
        return Operators.project(
                input, OPERATOR, columns, column -> raw(column, state.vocabulary(name(input, column))), column -> {
                    String name = name(input, column);
                    Expr ids = Expr.column(column.name());
                    return column.isList()
                            ? new Expr.LookupValues(
                                    name, ids, state.vocabulary(name).isText())
                            : new Expr.LookupValue(name, ids);
                });
    }

    private static String name(Input input, ColumnSchema column) {
        if (!(column.properties().get(IdColumns.VOCABULARY) instanceof String name)) {
            throw input.refusal(OPERATOR, column.name(), "no ids of a vocabulary", "a column that was categorified");
        }
        return name;
    }

    /** The column with raw values. */
    static ColumnSchema raw(ColumnSchema column, Vocabulary vocabulary) {
        DType integer = column.properties().containsKey(IdColumns.TRUTH) ? DType.BOOL : DType.INT64;
        return new ColumnSchema(
                        column.name(),
                        vocabulary.isText() ? DType.STRING : integer,
                        column.shape(),
                        column.tags(),
                        null,
                        null,
                        Map.of())
                .withoutTags(Tag.CATEGORICAL);
    }
}

package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Vocabularies that settings give instead of data: a list of values, or a Parquet file with them. Nulls are left out. */
final class GivenVocabulary {
    private GivenVocabulary() {}

    /** @throws ConfigException for values of another type than the column's, values that come twice, and files without the column */
    static Vocabulary of(Object given, ColumnSchema column, IdLayout layout) {
        boolean text = column.dtype() == DType.STRING;
        Collection<?> raw = given instanceof Collection<?> values ? values : read(given, column.name());
        Set<Object> values = new LinkedHashSet<>();
        for (Object value : raw) {
            Object typed = column.dtype() == DType.BOOL ? Operators.truth(widened(value)) : typed(value, text);
            if (value == null) {
                continue;
            }
            if (typed == null || !values.add(typed)) {
                throw new ConfigException("categorify, column " + column.name() + ": vocabulary value " + value
                        + " (expected: "
                        + (text ? "text" : column.dtype() == DType.BOOL ? "true and false" : "integers")
                        + ", each once)");
            }
        }
        return new Vocabulary(List.copyOf(values), new long[values.size()], text, layout);
    }

    private static @Nullable Object widened(@Nullable Object value) {
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    private static @Nullable Object typed(@Nullable Object value, boolean text) {
        if (text) {
            return value instanceof String ? value : null;
        }
        return widened(value) instanceof Long number ? number : null;
    }

    private static Collection<?> read(Object file, String column) {
        try (Database database = Database.openInOrder()) {
            Table table = database.query("select " + Database.identifier(column) + " as value from read_parquet("
                    + Database.literal(file.toString()) + ")");
            Column values = table.column("value");
            List<@Nullable Object> list = new ArrayList<>();
            for (int row = 0; row < values.size(); row++) {
                list.add(values.value(row));
            }
            return list;
        } catch (DataException e) {
            throw new ConfigException(
                    "categorify: vocabulary " + file + " (expected: a Parquet file with a column " + column + "; "
                            + e.getMessage() + ")",
                    e);
        }
    }
}

package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Columns whose values are told by the folders that files lie in, in the types of a schema. */
public final class HiveColumns {
    /** Column with the file of a row, in tables of what folders tell. */
    public static final String FILE = "__file";

    /** Column with the place of the first row of a file, in such tables. */
    public static final String FIRST = "__file_first";

    private static final Set<String> RESERVED = Set.of(FILE, FIRST, DataTable.PLACE);

    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?");

    private HiveColumns() {}

    /**
     * Columns of the schema that the folders tell.
     *
     * @param files of one data set
     * @throws DataException for one that is a list, and for one with a name that statements use within
     */
    public static List<ColumnSchema> of(DataFiles files, Schema schema) {
        DataFile first = files.files().get(0);
        return first.keys().keySet().stream()
                .filter(schema::contains)
                .map(schema::get)
                .map(column -> {
                    if (RESERVED.contains(column.name().toLowerCase(Locale.ROOT))) {
                        throw new DataException(first.location() + ", column " + column.name()
                                + ": its name, which a folder tells, is taken (expected: another)");
                    }
                    if (column.isList()) {
                        throw new DataException(first.location() + ", column " + column.name()
                                + ": a folder's value (expected: lists of " + column.dtype() + ")");
                    }
                    return column;
                })
                .toList();
    }

    /**
     * The value of a file: Long, Double or String, or null. Integers may have zeros before them.
     *
     * @throws DataException for a value that is none of the column's type
     */
    public static @Nullable Object value(DataFile file, ColumnSchema column) {
        String text = file.keys().get(column.name());
        if (text == null || column.dtype() == DType.STRING) {
            return text;
        }
        try {
            if (column.dtype() == DType.BOOL && (text.equals("true") || text.equals("false"))) {
                return text.equals("true") ? 1L : 0L;
            }
            if (!column.dtype().isFloating()) {
                if (WHOLE.matcher(text).matches()) {
                    return Long.parseLong(text);
                }
            } else if (NUMBER.matcher(text).matches() && Double.isFinite(Double.parseDouble(text))) {
                return Double.parseDouble(text);
            }
        } catch (NumberFormatException e) {
            throw refused(file, column, text, e);
        }
        throw refused(file, column, text, null);
    }

    private static DataException refused(
            DataFile file, ColumnSchema column, String text, @Nullable NumberFormatException cause) {
        String message = file.location() + ", column " + column.name() + ": " + text + " (expected: "
                + (column.dtype().isFloating() ? "a finite number" : "an integer of 64 bits")
                + " in the folder's name)";
        return cause == null ? new DataException(message) : new DataException(message, cause);
    }
}

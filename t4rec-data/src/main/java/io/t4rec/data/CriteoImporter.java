package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Criteo's display advertising logs: whether an impression was clicked, 13 counts and 26 hashed categories. There are no sessions in
 * them, no item and no time.
 */
final class CriteoImporter {
    private static final String LABEL = "label";
    private static final int COUNTS = 13;
    private static final int CATEGORIES = 26;

    private CriteoImporter() {}

    static List<String> columns() {
        List<String> names = new ArrayList<>(List.of(LABEL));
        names.addAll(names("I", COUNTS));
        names.addAll(names("C", CATEGORIES));
        return names;
    }

    private static List<String> names(String letter, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(letter + i);
        }
        return names;
    }

    /** Checks the events and tells the SQL expression of each column; its type goes into the schema. */
    static void describe(RawEvents raw, Map<String, String> expressions, List<ColumnSchema> schema) {
        raw.refuse(LABEL, "%s is null or %s not in ('0', '1')", "0 or 1");
        expressions.put(LABEL, "cast(" + raw.number(LABEL) + " as bigint)");
        schema.add(ColumnSchema.scalar(LABEL, DType.INT64).withTags(Tag.TARGET, Tag.BINARY_CLASSIFICATION));
        for (String name : names("I", COUNTS)) {
            raw.refuse(
                    name,
                    "%s is not null and (not regexp_full_match(%s, '-?[0-9]+') or try_cast(%s as bigint) is null)",
                    "an integer or nothing");
            expressions.put(name, "cast(" + raw.number(name) + " as bigint)");
            schema.add(ColumnSchema.scalar(name, DType.INT64).withTags(Tag.CONTINUOUS));
        }
        for (String name : names("C", CATEGORIES)) {
            raw.refuse(name, "not regexp_full_match(%s, '[0-9a-fA-F]+')", "a hexadecimal number or nothing");
            expressions.put(name, raw.number(name));
            schema.add(ColumnSchema.scalar(name, DType.STRING).withTags(Tag.CATEGORICAL));
        }
    }
}

package io.t4rec.data;

import io.t4rec.schema.DType;

/** What texts are read as. */
enum TextType {
    BIGINT("try_cast(try_cast(%1$s as bigint) as varchar) is distinct from %1$s"),
    /** Numbers, also those that are not finite. */
    DOUBLE("try_cast(%1$s as double) is null or contains(%1$s, '_')"),
    TIMESTAMP("try_cast(%s as timestamp) is null"),
    BOOLEAN("lower(%s) not in ('true', 'false', '0', '1')"),
    VARCHAR("false");

    /** What would be another text as a double: zeros before other digits, and integers beyond 64 bits. */
    private static final String CHANGED = "regexp_matches(%s, '^[+-]?(0[0-9]|[0-9]{19})')";

    private final String misfit;

    TextType(String misfit) {
        this.misfit = misfit;
    }

    static TextType of(DType dtype) {
        return dtype == DType.STRING ? VARCHAR : dtype.isFloating() ? DOUBLE : dtype == DType.BOOL ? BOOLEAN : BIGINT;
    }

    /** The first type that all values can be read as without a change; without values, text. */
    static TextType of(ColumnValues texts) {
        StringBuilder misfits = new StringBuilder("select count(value)");
        for (TextType type : values()) {
            String changed = type == DOUBLE ? " or " + CHANGED.formatted("value") : "";
            misfits.append(", count(*) filter (value is not null and (" + type.misfit("value") + changed + "))");
        }
        TextType[] found = {VARCHAR};
        texts.database().forEach(misfits + " from " + texts.sql(), row -> {
            for (int i = values().length - 1; i >= 0 && row.getLong(1) > 0; i--) {
                found[0] = row.getLong(i + 2) == 0 ? values()[i] : found[0];
            }
        });
        return found[0];
    }

    /** SQL of whether a value that is not null can't be read as this type. */
    String misfit(String value) {
        return "(" + misfit.formatted(value) + ")";
    }
}

package io.t4rec.etl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Several values as one text that tells them apart: {@code a|b}. Within a value, backslash and bar have a backslash before them; null
 * is {@code \N}.
 */
final class TupleText {
    private static final String NULL = "\\N";

    private TupleText() {}

    /** The text of values, Long or String; null when all of them are. */
    static @Nullable String of(@Nullable Object... values) {
        StringJoiner text = new StringJoiner("|");
        boolean any = false;
        for (Object value : values) {
            any |= value != null;
            text.add(value == null ? NULL : escaped(value.toString()));
        }
        return any ? text.toString() : null;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("|", "\\|");
    }

    /** The values of such a text, in order. */
    static List<@Nullable String> values(String text) {
        List<@Nullable String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean isNull = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '|') {
                Collections.addAll(values, isNull ? null : value.toString());
                value.setLength(0);
                isNull = false;
            } else if (c == '\\' && i + 1 < text.length()) {
                i++;
                isNull = text.charAt(i) == 'N';
                value.append(text.charAt(i));
            } else {
                value.append(c);
            }
        }
        Collections.addAll(values, isNull ? null : value.toString());
        return values;
    }
}

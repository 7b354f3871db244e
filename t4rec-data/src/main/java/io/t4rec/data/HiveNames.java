package io.t4rec.data;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Folders named {@code key=value}, as Hive and Spark write them: what a file system may not take is {@code %} and two hexadecimal digits. */
public final class HiveNames {
    private static final String MISSING = "__HIVE_DEFAULT_PARTITION__";
    private static final String ESCAPED_MISSING = "%5F%5FHIVE_DEFAULT_PARTITION__";
    private static final String ESCAPED = "\"#%'*/:=?\\{[]^\u007F";

    private HiveNames() {}

    /**
     * Name of the folder of a value. It is never one that is left out when folders are read, and that of a text never the one of missing
     * values.
     */
    public static String folder(String key, @Nullable String value) {
        boolean hidden = key.startsWith(".") || key.startsWith("_");
        String name = hidden ? code(key.charAt(0)) + escape(key.substring(1)) : escape(key);
        return name + "=" + (value == null ? MISSING : value.equals(MISSING) ? ESCAPED_MISSING : escape(value));
    }

    /** Key and value of a folder's name, the value null where it is missing; null for other names. */
    static Map.@Nullable Entry<String, @Nullable String> parse(String folder) {
        int at = folder.indexOf('=');
        if (at < 1) {
            return null;
        }
        String value = folder.substring(at + 1);
        return new SimpleImmutableEntry<>(
                unescape(folder.substring(0, at)), value.equals(MISSING) ? null : unescape(value));
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter < ' ' || ESCAPED.indexOf(letter) >= 0) {
                escaped.append(code(letter));
            } else {
                escaped.append(letter);
            }
        }
        return escaped.toString();
    }

    private static String code(char letter) {
        return String.format(Locale.ROOT, "%%%02X", (int) letter);
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int code = text.charAt(at) == '%' && at + 2 < text.length() ? code(text.substring(at + 1, at + 3)) : -1;
            plain.append(code < 0 ? text.charAt(at) : (char) code);
            at += code < 0 ? 1 : 3;
        }
        return plain.toString();
    }

    private static int code(String digits) {
        try {
            return digits.charAt(0) == '-' || digits.charAt(0) == '+' ? -1 : Integer.parseInt(digits, 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}

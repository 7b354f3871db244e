package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How CSV and TSV files are written. Quotes within quotes are doubled; quoted values may hold delimiters and line ends.
 *
 * @param delimiter one character; null, the default, for a tab in TSV and in CSV for the one of comma, tab, semicolon and bar that the
 *     header has most of (a comma without a header)
 * @param header whether the first line of each file has the names of its columns; default true. Without it, columns are those of the
 *     schema, in its order
 * @param quote one character; null for none. Default {@code "}
 * @param nullText what stands for null, beside nothing at all, which always does; default nothing
 * @param encoding UTF-8, the default, or ISO-8859-1
 */
public record TextOptions(
        @Nullable Character delimiter,
        boolean header,
        @Nullable Character quote,
        String nullText,
        Charset encoding) {
    /** @throws ConfigException for characters that can't be told from each other, or another encoding */
    public TextOptions {
        if (delimiter != null && (delimiter.equals(quote) || isUnfit(delimiter))) {
            throw new ConfigException("delimiter: '" + delimiter + "' (expected: one ASCII character, no line end, and"
                    + " not the quote)");
        }
        if (quote != null && isUnfit(quote)) {
            throw new ConfigException("quote: '" + quote + "' (expected: one ASCII character, no line end)");
        }
        if (!encoding.equals(StandardCharsets.UTF_8) && !encoding.equals(StandardCharsets.ISO_8859_1)) {
            throw new ConfigException("encoding: " + encoding + " (expected: utf-8 or iso-8859-1)");
        }
    }

    private static boolean isUnfit(char character) {
        return character == '\n' || character == '\r' || character == 0 || character > 127;
    }

    /** The defaults. */
    public static TextOptions defaults() {
        return new TextOptions(null, true, '"', "", StandardCharsets.UTF_8);
    }
}

package io.t4rec.data;

import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The first line of a delimited text.
 *
 * @param delimiter that the text has
 * @param names of its columns, in order
 */
public record TextHeader(char delimiter, List<String> names) {
    private static final int LONGEST = 1 << 20;

    /**
     * Reads the header of a file.
     *
     * @param file for messages; {@code .gz} says that the stream is compressed
     * @throws DataException when there is none, or a name comes twice
     */
    public static TextHeader read(String file, InputStream stream, DataFormat format, TextOptions options)
            throws IOException {
        String line;
        try (InputStream plain = GzipFiles.isGzip(file) ? new GZIPInputStream(stream) : stream) {
            line = line(
                    new BufferedReader(
                            new InputStreamReader(plain, options.encoding().newDecoder())),
                    options.quote());
        } catch (CharacterCodingException e) {
            throw new DataException(
                    file + ": not text in " + options.encoding() + " (expected: it; or say the encoding)", e);
        }
        char delimiter = delimiter(line, format, options);
        List<String> names = split(line, delimiter, options.quote());
        if (line.isBlank()) {
            throw new DataException(file + ": no header (expected: the names of the columns in the first line)");
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
                throw new DataException(
                        file + ": header: a name with a line end (expected: all names in the first line)");
            }
            if (!name.isEmpty() && !seen.add(name)) {
                throw new DataException(file + ": header: column " + name + " twice (expected: once)");
            }
        }
        return new TextHeader(delimiter, names);
    }

    /** Of a text that has none: the columns of a schema in its order. */
    public static TextHeader without(DataFormat format, TextOptions options, Schema schema) {
        return new TextHeader(delimiter("", format, options), schema.names());
    }

    /** Up to the line's end, which is none within quotes. */
    private static String line(Reader reader, @Nullable Character quote) throws IOException {
        StringBuilder line = new StringBuilder();
        boolean quoted = false;
        int letter = reader.read();
        while (letter >= 0 && line.length() < LONGEST && (quoted || (letter != '\n' && letter != '\r'))) {
            quoted ^= quote != null && letter == quote;
            line.append((char) letter);
            letter = reader.read();
        }
        return line.length() > 0 && line.charAt(0) == '\uFEFF' ? line.substring(1) : line.toString();
    }

    /** What the options say, else what the format does, else what the header does. */
    private static char delimiter(String header, DataFormat format, TextOptions options) {
        Character told = options.delimiter();
        if (told != null) {
            return told;
        }
        return format == DataFormat.TSV ? '\t' : delimiter(header);
    }

    /** Of the usual ones the one that the header has most of. */
    static char delimiter(String header) {
        String names = header.replaceAll("\"[^\"]*\"", "");
        char best = ',';
        for (char candidate : new char[] {'\t', ';', '|'}) {
            if (count(names, candidate) > count(names, best)) {
                best = candidate;
            }
        }
        return best;
    }

    private static long count(String text, char letter) {
        return text.chars().filter(c -> c == letter).count();
    }

    private static List<String> split(String line, char delimiter, @Nullable Character quote) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char letter = line.charAt(i);
            if (quote != null && letter == quote) {
                if (quoted && i + 1 < line.length() && line.charAt(i + 1) == quote) {
                    name.append(letter);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (letter == delimiter && !quoted) {
                names.add(name.toString());
                name.setLength(0);
            } else {
                name.append(letter);
            }
        }
        names.add(name.toString());
        return names;
    }
}

package io.t4rec.schema.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where settings come from, to tell the place of a wrong one.
 *
 * @param source name of the file
 * @param text what the file holds
 * @param format how to read the text
 * @param overrides dotted keys that were set after reading
 */
record Place(String source, String text, JsonFactory format, Collection<String> overrides) {
    /** File with line, or the override, whichever set the key; the file alone for a key that neither has. */
    String of(List<JsonMappingException.Reference> path) {
        String key = dotted(path);
        for (String override : overrides) {
            if (key.equals(override) || key.startsWith(override + ".")) {
                return "set " + override;
            }
        }
        for (int length = path.size(); length > 0; length--) {
            int line = line(path.subList(0, length));
            if (line > 0) {
                return source + ":" + line;
            }
        }
        for (String override : overrides) {
            if (override.startsWith(key + ".")) {
                return "set " + override;
            }
        }
        return source;
    }

    /** Whether the text or an override has the very key. */
    boolean has(List<JsonMappingException.Reference> path) {
        return overrides.contains(dotted(path)) || line(path) > 0;
    }

    /** {@code training.epochs}, {@code operators[2].columns}. */
    static String dotted(List<JsonMappingException.Reference> path) {
        return path.stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."))
                .replace(".[", "[");
    }

    private int line(List<JsonMappingException.Reference> path) {
        JsonPointer wanted = JsonPointer.empty();
        for (JsonMappingException.Reference step : path) {
            wanted = step.getFieldName() == null
                    ? wanted.appendIndex(step.getIndex())
                    : wanted.appendProperty(step.getFieldName());
        }
        try (JsonParser parser = format.createParser(text)) {
            while (parser.nextToken() != null) {
                if (wanted.equals(parser.getParsingContext().pathAsPointer())) {
                    return parser.currentTokenLocation().getLineNr();
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}

package io.t4rec.schema.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/** Finds where a key stands in YAML text. */
final class YamlLines {
    private static final YAMLFactory YAML = new YAMLFactory();

    private YamlLines() {}

    /** Line of the key at a path of names, from 1; empty when the text has no such key. */
    static OptionalInt of(String text, List<Reference> path) {
        List<String> names = path.stream()
                .map(Reference::getFieldName)
                .takeWhile(name -> name != null)
                .toList();
        int matched = 0;
        int depth = 0;
        try (JsonParser parser = YAML.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                    matched = Math.min(matched, Math.max(0, depth - 1));
                } else if (token == JsonToken.FIELD_NAME
                        && depth == matched + 1
                        && matched < names.size()
                        && parser.currentName().equals(names.get(matched))) {
                    matched++;
                    if (matched == names.size()) {
                        return OptionalInt.of(parser.currentTokenLocation().getLineNr());
                    }
                }
            }
        } catch (IOException e) {
            return OptionalInt.empty();
        }
        return OptionalInt.empty();
    }
}

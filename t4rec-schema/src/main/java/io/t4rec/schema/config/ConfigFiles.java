package io.t4rec.schema.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Reads settings from YAML or JSON into records and writes them back. Unknown keys, wrong types and values that a record's
 * constructor refuses raise {@link ConfigException} with file, line and key.
 */
public final class ConfigFiles {
    private static final ObjectMapper YAML = strict(new ObjectMapper(new YAMLFactory()));
    private static final ObjectMapper JSON = strict(JsonMapper.builder()
            .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, false)
            .build());

    private ConfigFiles() {}

    private static ObjectMapper strict(ObjectMapper mapper) {
        return mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);
    }

    /**
     * Reads a YAML file.
     *
     * @param overrides values in YAML by dotted key, set after reading: {@code training.epochs -> 5}
     * @throws ConfigException when the text is no YAML or doesn't fit the type
     * @throws IOException when the file can't be read
     */
    public static <T> T readYaml(Path file, Class<T> type, Map<String, String> overrides) throws IOException {
        return parse(YAML, Files.readString(file), file.toString(), type, overrides);
    }

    /**
     * Reads a YAML file over defaults: what the text leaves out stays as it is there.
     *
     * @param defaults a complete record
     * @param overrides values in YAML by dotted key, set after reading
     */
    @SuppressWarnings("unchecked") // the class of a T
    public static <T> T readYamlOver(T defaults, Path file, Map<String, String> overrides) throws IOException {
        return parseYamlOver(defaults, Files.readString(file), file.toString(), overrides);
    }

    /**
     * Reads YAML text over defaults; as {@link #readYamlOver}.
     *
     * @param source named in errors
     */
    @SuppressWarnings("unchecked") // the class of a T
    public static <T> T parseYamlOver(T defaults, String text, String source, Map<String, String> overrides) {
        try {
            JsonNode root = JSON.valueToTree(defaults);
            if (!text.isBlank()) {
                merge(root, YAML.readTree(text));
            }
            for (Map.Entry<String, String> override : overrides.entrySet()) {
                override(root, override.getKey(), YAML.readTree(override.getValue()));
            }
            return present((T) JSON.treeToValue(root, defaults.getClass()), source);
        } catch (JsonMappingException e) {
            // what was merged knows no lines any more; a key that the text lacks came from an override
            OptionalInt line = overrides.keySet().stream().anyMatch(key -> key.equals(path(e)))
                    ? OptionalInt.empty()
                    : YamlLines.of(text, e.getPath());
            throw explain(e, source + (line.isPresent() ? ":" + line.getAsInt() : ""));
        } catch (JsonProcessingException e) {
            throw explain(e, source);
        }
    }

    private static void merge(JsonNode target, JsonNode source) {
        if (target instanceof ObjectNode object && source.isObject()) {
            for (Map.Entry<String, JsonNode> field : source.properties()) {
                JsonNode old = object.get(field.getKey());
                if (old instanceof ObjectNode && field.getValue().isObject()) {
                    merge(old, field.getValue());
                } else {
                    object.set(field.getKey(), field.getValue());
                }
            }
        }
    }

    /** Reads YAML text; as {@link #readYaml}. */
    public static <T> T parseYaml(String text, Class<T> type, Map<String, String> overrides) {
        return parse(YAML, text, "settings", type, overrides);
    }

    /** Reads YAML text; as {@link #readYaml}. */
    public static <T> T parseYaml(String text, Class<T> type) {
        return parseYaml(text, type, Map.of());
    }

    /** Reads a JSON file. */
    public static <T> T readJson(Path file, Class<T> type) throws IOException {
        return parse(JSON, Files.readString(file), file.toString(), type, Map.of());
    }

    /** The JSON form of a record, indented, keys in the order of its components, with a final line break. */
    public static String toJson(Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "settings: " + value.getClass() + " (expected: a record of plain values)", e);
        }
    }

    /** Writes a record as JSON, atomically. */
    public static void writeJson(Path file, Object value) throws IOException {
        AtomicFiles.writeString(file, toJson(value));
    }

    /** The YAML form of a record. */
    public static String toYaml(Object value) {
        try {
            return YAML.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "settings: " + value.getClass() + " (expected: a record of plain values)", e);
        }
    }

    private static <T> T parse(
            ObjectMapper mapper, String text, String source, Class<T> type, Map<String, String> overrides) {
        try {
            if (overrides.isEmpty()) {
                return present(mapper.readValue(text, type), source);
            }
            JsonNode root = text.isBlank() ? mapper.createObjectNode() : mapper.readTree(text);
            for (Map.Entry<String, String> override : overrides.entrySet()) {
                override(root, override.getKey(), YAML.readTree(override.getValue()));
            }
            return present(mapper.treeToValue(root, type), source);
        } catch (JsonProcessingException e) {
            throw explain(e, source);
        }
    }

    @SuppressWarnings("ConstantValue") // an empty text gives null
    private static <T> T present(T value, String source) {
        if (value == null) {
            throw new ConfigException(source + ": empty (expected: settings)");
        }
        return value;
    }

    private static void override(JsonNode root, String dottedKey, JsonNode value) {
        List<String> path = List.of(dottedKey.split("\\.", -1));
        JsonNode node = root;
        for (String step : path.subList(0, path.size() - 1)) {
            if (!(node instanceof ObjectNode object)) {
                throw new ConfigException(
                        "set: " + dottedKey + " (expected: a key; " + step + " lies inside a plain value)");
            }
            node = object.get(step) instanceof ObjectNode child ? child : object.putObject(step);
        }
        if (!(node instanceof ObjectNode object)) {
            throw new ConfigException("set: " + dottedKey + " (expected: a key of the settings)");
        }
        object.set(path.get(path.size() - 1), value);
    }

    private static ConfigException explain(JsonProcessingException e, String source) {
        String where = source + line(e.getLocation());
        if (e instanceof UnrecognizedPropertyException unknown) {
            Collection<String> known =
                    unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
            return new ConfigException(
                    where + ": unknown key " + path(unknown) + " (expected: "
                            + Names.expectation(unknown.getPropertyName(), known) + ")",
                    e);
        }
        if (e instanceof JsonMappingException mapping) {
            Throwable cause = mapping.getCause() == null ? mapping : mapping.getCause();
            String message =
                    cause instanceof JsonProcessingException json ? json.getOriginalMessage() : cause.getMessage();
            String key = path(mapping);
            return new ConfigException(where + (key.isEmpty() ? "" : ": " + key) + ": " + message, e);
        }
        return new ConfigException(where + ": " + e.getOriginalMessage(), e);
    }

    private static String line(JsonLocation location) {
        return location == null || location.getLineNr() < 1 ? "" : ":" + location.getLineNr();
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."))
                .replace(".[", "[");
    }
}

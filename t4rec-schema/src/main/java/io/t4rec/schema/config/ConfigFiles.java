package io.t4rec.schema.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from YAML or JSON into records and writes them back. Unknown keys, wrong types and values that a record's
 * constructor refuses raise {@link ConfigException} with file, line and key, and so do keys that occur twice and fractions where
 * an integer is wanted.
 */
public final class ConfigFiles {
    private static final ObjectMapper YAML = strict(new ObjectMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
            .build()));
    private static final ObjectMapper JSON = strict(JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .configure(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, false)
            .build());
    private static final Records RECORDS = new Records(JSON);

    private ConfigFiles() {}

    private static ObjectMapper strict(ObjectMapper mapper) {
        return mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
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
        return parse(YAML, readText(file), file.toString(), type, overrides);
    }

    /**
     * Reads a YAML file over defaults: what the text leaves out stays as it is there. An object of another kind than the default one
     * (a masking with another {@code task}, say) takes its place whole.
     *
     * @param defaults a complete record
     * @param overrides values in YAML by dotted key, set after reading
     * @throws ConfigException when the text is no YAML or doesn't fit the type
     * @throws IOException when the file can't be read
     */
    public static <T> T readYamlOver(T defaults, Path file, Map<String, String> overrides) throws IOException {
        return parseYamlOver(defaults, readText(file), file.toString(), overrides);
    }

    /**
     * Reads YAML text over defaults; as {@link #readYamlOver}.
     *
     * @param source named in errors
     */
    @SuppressWarnings("unchecked") // the class of a T
    public static <T> T parseYamlOver(T defaults, String text, String source, Map<String, String> overrides) {
        Place place = new Place(source, text, YAML.getFactory(), overrides.keySet());
        ObjectNode root = JSON.valueToTree(defaults);
        JavaType type = JSON.constructType(defaults.getClass());
        JsonNode given = tree(YAML, place);
        if (!given.isObject() && !given.isMissingNode() && !given.isNull()) {
            throw new ConfigException(source + ": no keys (expected: key: value)");
        }
        RECORDS.merge(root, given, type);
        RECORDS.merge(root, overrideTree(overrides), type);
        return (T) bind(root, defaults.getClass(), place);
    }

    /** Reads YAML text; as {@link #readYaml}. */
    public static <T> T parseYaml(String text, Class<T> type, Map<String, String> overrides) {
        return parse(YAML, text, "settings", type, overrides);
    }

    /** Reads YAML text; as {@link #readYaml}. */
    public static <T> T parseYaml(String text, Class<T> type) {
        return parseYaml(text, type, Map.of());
    }

    /**
     * Lays plain values over a record: what they leave out stays as it is there.
     *
     * @param values as a reader of YAML or JSON gives them
     * @param source named in errors
     * @throws ConfigException when a key is unknown or a value doesn't fit
     */
    @SuppressWarnings("unchecked") // the class of a T
    public static <T> T over(T defaults, Map<String, ?> values, String source) {
        ObjectNode root = JSON.valueToTree(defaults);
        RECORDS.merge(root, JSON.valueToTree(values), JSON.constructType(defaults.getClass()));
        return (T) bind(root, defaults.getClass(), new Place(source, "", JSON.getFactory(), List.of()));
    }

    /**
     * Reads a JSON file.
     *
     * @throws ConfigException when the text is no JSON or doesn't fit the type
     * @throws IOException when the file can't be read
     */
    public static <T> T readJson(Path file, Class<T> type) throws IOException {
        return parse(JSON, readText(file), file.toString(), type, Map.of());
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

    private static String readText(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": not text in UTF-8 (expected: settings)", e);
        }
    }

    private static <T> T parse(
            ObjectMapper mapper, String text, String source, Class<T> type, Map<String, String> overrides) {
        Place place = new Place(source, text, mapper.getFactory(), overrides.keySet());
        JsonNode root = tree(mapper, place);
        if (root.isMissingNode() || root.isNull()) {
            if (overrides.isEmpty()) {
                throw new ConfigException(source + ": empty (expected: settings)");
            }
            root = JSON.createObjectNode();
        }
        if (root.isObject()) {
            ObjectNode whole = JSON.createObjectNode();
            JavaType known = JSON.constructType(type);
            RECORDS.merge(whole, root, known);
            RECORDS.merge(whole, overrideTree(overrides), known);
            root = whole;
        }
        return bind(root, type, place);
    }

    private static JsonNode tree(ObjectMapper mapper, Place place) {
        try {
            return mapper.readTree(place.text());
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String line = at == null || at.getLineNr() < 1 ? "" : ":" + at.getLineNr();
            throw new ConfigException(place.source() + line + ": " + e.getOriginalMessage(), e);
        }
    }

    private static ObjectNode overrideTree(Map<String, String> overrides) {
        ObjectNode root = JSON.createObjectNode();
        overrides.forEach((dottedKey, text) -> {
            List<String> path = List.of(dottedKey.split("\\.", -1));
            ObjectNode node = root;
            for (String step : path.subList(0, path.size() - 1)) {
                JsonNode inner = node.get(step);
                if (inner != null && !inner.isObject()) {
                    throw new ConfigException("set " + dottedKey + ": " + step + " is also set to a plain value"
                            + " (expected: one of the two)");
                }
                node = inner instanceof ObjectNode object ? object : node.putObject(step);
            }
            JsonNode value = tree(YAML, new Place("set " + dottedKey, text, YAML.getFactory(), List.of()));
            if (value.isMissingNode()) {
                throw new ConfigException("set " + dottedKey + ": no value (expected: key=value)");
            }
            node.set(path.get(path.size() - 1), value);
        });
        return root;
    }

    private static <T> T bind(JsonNode root, Class<T> type, Place place) {
        try {
            return JSON.treeToValue(root, type);
        } catch (UnrecognizedPropertyException e) {
            throw unknownKey(
                    e.getPath(),
                    e.getPropertyName(),
                    e.getKnownPropertyIds().stream().map(String::valueOf).toList(),
                    place,
                    e);
        } catch (JsonMappingException e) {
            throw explain(e, root, place);
        } catch (JsonProcessingException e) {
            throw new ConfigException(place.source() + ": " + e.getOriginalMessage(), e);
        }
    }

    /** A key that nobody knows is told first: it is often the misspelled one that the failing record misses. */
    private static ConfigException explain(JsonMappingException e, JsonNode root, Place place) {
        List<JsonMappingException.Reference> path = e.getPath();
        JsonNode object = at(root, path);
        JavaType type = e instanceof ValueInstantiationException failed ? failed.getType() : null;
        String unknown = type != null && object.isObject() ? RECORDS.unknownKey(object, type) : null;
        if (type != null && unknown != null) {
            List<JsonMappingException.Reference> wrong = new ArrayList<>(path);
            wrong.add(new JsonMappingException.Reference(null, unknown));
            return unknownKey(wrong, unknown, RECORDS.keys(type), place, e);
        }
        String message = message(e, type, object);
        List<String> name = List.of(message.replaceFirst("(?s):.*", "").split("\\."));
        int shared = shared(path, name);
        List<JsonMappingException.Reference> named = new ArrayList<>(path);
        name.subList(shared, name.size()).forEach(step -> named.add(new JsonMappingException.Reference(null, step)));
        String before = Place.dotted(shared > 0 ? path.subList(0, path.size() - shared) : path);
        String separator = before.isEmpty() ? "" : shared > 0 ? "." : ": ";
        return new ConfigException(place.of(place.has(named) ? named : path) + ": " + before + separator + message, e);
    }

    /** How many of the last steps of a path the dotted name that a message begins with says again. */
    private static int shared(List<JsonMappingException.Reference> path, List<String> name) {
        List<String> steps =
                path.stream().map(step -> String.valueOf(step.getFieldName())).toList();
        for (int count = Math.min(steps.size(), name.size()); count > 0; count--) {
            if (steps.subList(steps.size() - count, steps.size()).equals(name.subList(0, count))) {
                return count;
            }
        }
        return 0;
    }

    private static String message(JsonMappingException e, @Nullable JavaType type, JsonNode object) {
        Throwable cause = e.getCause();
        if (cause instanceof NullPointerException && type != null) {
            String holed = holed(object);
            if (holed != null) {
                return holed + ": an entry is empty (expected: a value in each)";
            }
            List<String> missing = RECORDS.keys(type).stream()
                    .filter(key -> !object.hasNonNull(key))
                    .toList();
            return "missing key (expected: those needed of " + missing + ")";
        }
        if (e instanceof InvalidTypeIdException kind) {
            return unknownKind(kind);
        }
        if (e instanceof InvalidFormatException format) {
            Class<?> wanted = format.getTargetType();
            return format.getValue() + " (expected: "
                    + (wanted.isEnum() ? "one of " + List.of(wanted.getEnumConstants()) : wanted.getSimpleName()) + ")";
        }
        if (e instanceof MismatchedInputException mismatch && hasOtherShape(object, mismatch.getTargetType())) {
            return (object.isValueNode() ? object.asText() : object.toString()) + " (expected: "
                    + (object.isValueNode() ? shape(mismatch.getTargetType()) : "a single value") + ")";
        }
        return cause == null || cause instanceof JsonProcessingException
                ? e.getOriginalMessage()
                : String.valueOf(cause.getMessage());
    }

    /** The first key whose list or keys have an entry without a value; null for none. */
    private static @Nullable String holed(JsonNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            for (JsonNode entry : field.getValue()) {
                if (entry.isNull()) {
                    return field.getKey();
                }
            }
        }
        return null;
    }

    /** Whether a list or keys stand where a single value belongs, or the other way round. */
    private static boolean hasOtherShape(JsonNode node, @Nullable Class<?> wanted) {
        if (wanted == null || node.isNull() || node.isMissingNode()) {
            return false;
        }
        boolean whole =
                Collection.class.isAssignableFrom(wanted) || Map.class.isAssignableFrom(wanted) || wanted.isRecord();
        boolean single = wanted.isPrimitive() || Number.class.isAssignableFrom(wanted) || wanted == String.class;
        return node.isValueNode() ? whole : single;
    }

    private static String shape(Class<?> wanted) {
        return Collection.class.isAssignableFrom(wanted) ? "a list, such as [a, b]" : "keys with values";
    }

    /** A value of a family, such as an operator, whose kind is missing or none of those there are. */
    private static String unknownKind(InvalidTypeIdException e) {
        Class<?> family = e.getBaseType().getRawClass();
        JsonTypeInfo info = family.getAnnotation(JsonTypeInfo.class);
        JsonSubTypes kinds = family.getAnnotation(JsonSubTypes.class);
        if (info == null || kinds == null) {
            return e.getOriginalMessage();
        }
        List<String> known =
                Arrays.stream(kinds.value()).map(JsonSubTypes.Type::name).toList();
        String key = info.property();
        String given = e.getTypeId();
        return given == null
                ? key + ": absent (expected: one of " + known + ")"
                : key + ": " + given + " (expected: " + Names.expectation(given, known) + ")";
    }

    private static JsonNode at(JsonNode root, List<JsonMappingException.Reference> path) {
        JsonNode node = root;
        for (JsonMappingException.Reference step : path) {
            node = step.getFieldName() == null ? node.path(step.getIndex()) : node.path(step.getFieldName());
        }
        return node;
    }

    private static ConfigException unknownKey(
            List<JsonMappingException.Reference> path, String key, List<String> known, Place place, Throwable cause) {
        return new ConfigException(
                place.of(path) + ": unknown key " + Place.dotted(path) + " (expected: " + Names.expectation(key, known)
                        + ")",
                cause);
    }
}

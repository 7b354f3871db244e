package io.t4rec.schema.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What keys the records of settings have, as Jackson sees them. */
final class Records {
    private final DeserializationConfig config;

    Records(ObjectMapper mapper) {
        this.config = mapper.getDeserializationConfig();
    }

    /** Keys of the type's own, in order. */
    List<String> keys(JavaType type) {
        return config.introspect(type).findProperties().stream()
                .map(BeanPropertyDefinition::getName)
                .toList();
    }

    /** The first key of the object that the type doesn't know, or null. */
    @Nullable
    String unknownKey(JsonNode object, JavaType type) {
        BeanDescription description = config.introspect(type);
        Set<String> known = new LinkedHashSet<>(keys(type));
        description
                .findProperties()
                .forEach(property -> property.findAliases().forEach(alias -> known.add(alias.getSimpleName())));
        known.addAll(config.getDefaultPropertyIgnorals(type.getRawClass(), description.getClassInfo())
                .getIgnored());
        String kind = kindKey(type);
        if (kind != null) {
            known.add(kind);
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!known.contains(field.getKey())) {
                return field.getKey();
            }
        }
        return null;
    }

    /**
     * Lays settings over others. An object whose kind differs from the one below takes its place whole, since another kind has
     * other keys; one that is left empty changes nothing.
     */
    void merge(ObjectNode target, JsonNode source, JavaType type) {
        Map<String, JavaType> types = new LinkedHashMap<>();
        config.introspect(type)
                .findProperties()
                .forEach(property -> types.put(property.getName(), property.getPrimaryType()));
        for (Map.Entry<String, JsonNode> field : source.properties()) {
            JsonNode old = target.get(field.getKey());
            JsonNode value = field.getValue();
            if (old instanceof ObjectNode section && value.isNull() && !section.isEmpty()) {
                continue;
            }
            JavaType inner = types.getOrDefault(field.getKey(), config.constructType(Object.class));
            if (value.isNull() && inner.isPrimitive()) {
                // null would become 0 unnoticed; a text is refused with its place
                target.put(field.getKey(), "nothing");
            } else if (value.isObject()) {
                boolean same = old instanceof ObjectNode && !changesKind(old, value, inner);
                merge(same ? (ObjectNode) old : target.putObject(field.getKey()), value, inner);
            } else {
                target.set(field.getKey(), value);
            }
        }
    }

    private boolean changesKind(JsonNode old, JsonNode value, JavaType type) {
        String kind = kindKey(type);
        return kind != null && value.has(kind) && !value.get(kind).equals(old.get(kind));
    }

    private @Nullable String kindKey(JavaType type) {
        JsonTypeInfo info =
                config.introspectClassAnnotations(type).getClassInfo().getAnnotation(JsonTypeInfo.class);
        return info == null ? null : info.property();
    }
}

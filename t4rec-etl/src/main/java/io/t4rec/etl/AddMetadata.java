package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tags and properties for columns; the values stay. A tag drops those that contradict it.
 *
 * @param tags added; old compound ones such as {@code item_id} are several
 * @param properties added or replaced: text, numbers, truth values, lists and maps
 */
public record AddMetadata(List<String> columns, List<String> tags, Map<String, @Nullable Object> properties)
        implements Operator {
    private static final String OPERATOR = "add-metadata";

    /** @throws ConfigException without column, or with neither tag nor property */
    public AddMetadata {
        columns = Operators.given(OPERATOR, columns);
        tags = tags == null ? List.of() : List.copyOf(tags);
        properties = properties == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        if (tags.isEmpty() && properties.isEmpty()) {
            throw new ConfigException(OPERATOR + ": no tags and no properties (expected: at least one of either)");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        Set<Tag> added = new LinkedHashSet<>();
        tags.forEach(tag -> added.addAll(Tag.expand(tag)));
        List<String> chosen = input.select(OPERATOR, columns);
        List<ColumnSchema> schema = input.schema().columns().stream()
                .map(column ->
                        chosen.contains(column.name()) ? column.withTags(added).withProperties(properties) : column)
                .toList();
        return new Built(List.of(), Schema.of(schema));
    }
}

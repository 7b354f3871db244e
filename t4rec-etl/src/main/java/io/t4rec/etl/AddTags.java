package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;
import java.util.Map;

/** Tags for columns; the values stay. */
public record AddTags(List<String> columns, List<String> tags) implements Operator {
    /** @throws ConfigException without column or tag */
    public AddTags {
        columns = Operators.given("add-tags", columns);
        if (tags == null || tags.isEmpty()) {
            throw new ConfigException("add-tags: no tags (expected: at least one)");
        }
        tags = List.copyOf(tags);
    }

    @Override
    public Built build(Input input, FittedState state) {
        return new AddMetadata(columns, tags, Map.of()).build(input, state);
    }
}

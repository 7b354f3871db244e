package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Tag;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tags columns by the part they play; the values stay.
 *
 * @param role what the columns are
 */
public record TagAs(List<String> columns, Role role) implements Operator {
    /** Parts that columns play, each with its tags. */
    public enum Role {
        /** Tags user and id. */
        USER_ID(Tag.USER_ID),
        /** Tags item and id. */
        ITEM_ID(Tag.ITEM_ID),
        /** Tags session and id. */
        SESSION_ID(Tag.SESSION_ID),
        /** Tag user. */
        USER_FEATURES(Set.of(Tag.USER)),
        /** Tag item. */
        ITEM_FEATURES(Set.of(Tag.ITEM)),
        /** Tag context. */
        CONTEXT_FEATURES(Set.of(Tag.CONTEXT)),
        /** Tag target. */
        TARGET(Set.of(Tag.TARGET));

        private final Set<Tag> tags;

        Role(Set<Tag> tags) {
            this.tags = tags;
        }
    }

    /** @throws ConfigException without column or role */
    public TagAs {
        columns = Operators.given("tag-as", columns);
        if (role == null) {
            throw new ConfigException("tag-as: no role (expected: one of " + List.of(Role.values()) + ")");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        return new AddMetadata(
                        columns, role.tags.stream().map(Tag::name).sorted().toList(), Map.of())
                .build(input, state);
    }
}

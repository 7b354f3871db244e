package io.t4rec.schema;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a column means. Any word is a tag; the constants are those of merlin-core. Compared without regard to case.
 *
 * @param name in lower case
 */
public record Tag(String name) implements Comparable<Tag> {
    public static final Tag CATEGORICAL = new Tag("categorical");
    public static final Tag CONTINUOUS = new Tag("continuous");
    public static final Tag LIST = new Tag("list");
    public static final Tag SEQUENCE = new Tag("sequence");
    public static final Tag TEXT = new Tag("text");
    public static final Tag TOKENIZED = new Tag("tokenized");
    public static final Tag TIME = new Tag("time");
    public static final Tag EMBEDDING = new Tag("embedding");
    public static final Tag ID = new Tag("id");
    public static final Tag USER = new Tag("user");
    public static final Tag ITEM = new Tag("item");
    public static final Tag SESSION = new Tag("session");
    public static final Tag CONTEXT = new Tag("context");
    public static final Tag TARGET = new Tag("target");
    public static final Tag REGRESSION = new Tag("regression");
    public static final Tag CLASSIFICATION = new Tag("classification");
    public static final Tag BINARY = new Tag("binary");
    public static final Tag MULTI_CLASS = new Tag("multi_class");
    /** Old compound tags of Merlin, kept as they are. */
    public static final Tag BINARY_CLASSIFICATION = new Tag("binary_classification");

    public static final Tag MULTI_CLASS_CLASSIFICATION = new Tag("multi_class_classification");

    public static final Set<Tag> USER_ID = Set.of(USER, ID);
    public static final Set<Tag> ITEM_ID = Set.of(ITEM, ID);
    public static final Set<Tag> SESSION_ID = Set.of(SESSION, ID);

    private static final Map<String, List<Tag>> COMPOUND = Map.of(
            "user_id", List.of(USER, ID),
            "item_id", List.of(ITEM, ID),
            "session_id", List.of(SESSION, ID),
            "text_tokenized", List.of(TEXT, TOKENIZED));

    private static final Map<Tag, Set<Tag>> COLLISIONS = Map.of(
            CATEGORICAL, Set.of(CONTINUOUS, EMBEDDING),
            CONTINUOUS, Set.of(CATEGORICAL, EMBEDDING, ID),
            EMBEDDING, Set.of(CONTINUOUS, CATEGORICAL, ID),
            ID, Set.of(CONTINUOUS, EMBEDDING));

    /** @throws SchemaException for an empty name */
    public Tag {
        name = name.toLowerCase(Locale.ROOT);
        if (name.isBlank()) {
            throw new SchemaException("tag: an empty text (expected: a word)");
        }
    }

    /** The tags that a written tag stands for: old compound ones such as {@code item_id} are several. */
    public static Set<Tag> expand(String written) {
        Tag tag = new Tag(written);
        return new LinkedHashSet<>(COMPOUND.getOrDefault(tag.name, List.of(tag)));
    }

    /** Tags that contradict this one on the same column. */
    public Set<Tag> collisions() {
        return COLLISIONS.getOrDefault(this, Set.of());
    }

    @Override
    public int compareTo(Tag other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}

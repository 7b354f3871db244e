package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Columns of a schema as written in settings. Each entry adds columns, or with a minus before it removes them from those so far:
 *
 * <ul>
 *   <li>{@code price}: the column of this name, whatever characters it has
 *   <li>{@code price_*}: those whose names fit, the star being any text; {@code *} is all
 *   <li>{@code tag:continuous}: those with a tag; an old compound one such as {@code item_id} asks for all its parts
 *   <li>{@code type:float64}: those with elements of a type
 * </ul>
 *
 * Columns come in the order of the entries, within an entry in that of the schema.
 */
final class ColumnSelection {
    private final Schema schema;
    private final Set<String> chosen = new LinkedHashSet<>();

    private ColumnSelection(Schema schema) {
        this.schema = schema;
    }

    /** An entry that chooses no column. */
    static final class NothingChosen extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String entry;

        private NothingChosen(String entry, String expected) {
            super(expected);
            this.entry = entry;
        }

        String entry() {
            return entry;
        }

        String expected() {
            return String.valueOf(getMessage());
        }
    }

    /** @throws NothingChosen for an entry that fits no column */
    static List<String> of(List<String> entries, Schema schema) {
        ColumnSelection selection = new ColumnSelection(schema);
        entries.forEach(selection::add);
        return new ArrayList<>(selection.chosen);
    }

    private void add(String entry) {
        if (schema.contains(entry)) {
            chosen.add(entry);
        } else if (entry.startsWith("-")) {
            if (chosen.isEmpty()) {
                throw new NothingChosen(entry, "columns before it to take away from, such as \"*\"");
            }
            chosen.removeAll(matches(entry.substring(1)));
        } else {
            chosen.addAll(matches(entry));
        }
    }

    private List<String> matches(String entry) {
        if (schema.contains(entry)) {
            return List.of(entry);
        }
        List<String> found = schema.filter(predicate(entry)).names();
        if (found.isEmpty()) {
            throw new NothingChosen(entry, expectation(entry));
        }
        return found;
    }

    private static Predicate<ColumnSchema> predicate(String entry) {
        if (entry.startsWith("tag:")) {
            Set<Tag> tags = Tag.expand(entry.substring("tag:".length()));
            return column -> column.hasTags(tags);
        }
        if (entry.startsWith("type:")) {
            String type = entry.substring("type:".length()).toUpperCase(Locale.ROOT);
            return column -> column.dtype().name().equals(type);
        }
        if (entry.contains("*")) {
            Pattern pattern = Pattern.compile(
                    Arrays.stream(entry.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                    Pattern.DOTALL);
            return column -> pattern.matcher(column.name()).matches();
        }
        return column -> false;
    }

    private String expectation(String entry) {
        if (entry.startsWith("tag:")) {
            Set<Tag> known = schema.columns().stream()
                    .flatMap(column -> column.tags().stream())
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            return "a tag of a column: " + known;
        }
        if (entry.startsWith("type:")) {
            return "the type of a column: "
                    + schema.columns().stream()
                            .map(ColumnSchema::dtype)
                            .distinct()
                            .map(DType::name)
                            .map(name -> name.toLowerCase(Locale.ROOT))
                            .toList();
        }
        return entry.contains("*")
                ? "a pattern that fits one of " + schema.names()
                : Names.expectation(entry, schema.names());
    }
}

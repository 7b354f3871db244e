package io.t4rec.model.input;

import io.t4rec.model.task.SchemaTasks;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a schema are features: those tagged categorical are ids, those tagged continuous numbers. Columns with one value a row
 * are features of the context; what tells sessions apart or is to be predicted is none.
 *
 * @param ids in the order of the schema
 * @param numbers in alphabetical order
 */
record FeatureColumns(List<ColumnSchema> ids, List<ColumnSchema> numbers) {
    static FeatureColumns of(Schema schema) {
        List<ColumnSchema> ids = new ArrayList<>();
        List<ColumnSchema> numbers = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            boolean tellsSessions = !column.isList() && column.hasTags(Tag.SESSION_ID);
            boolean noFeature = tellsSessions || SchemaTasks.isTarget(column);
            if (!noFeature && column.tags().contains(Tag.CATEGORICAL)) {
                ids.add(column);
            } else if (!noFeature && column.tags().contains(Tag.CONTINUOUS)) {
                numbers.add(column);
            }
        }
        numbers.sort((a, b) -> a.name().compareTo(b.name()));
        return new FeatureColumns(List.copyOf(ids), List.copyOf(numbers));
    }

    /** Names of all. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        ids.forEach(column -> names.add(column.name()));
        numbers.forEach(column -> names.add(column.name()));
        return names;
    }

    Stream<ColumnSchema> all() {
        return Stream.concat(ids.stream(), numbers.stream());
    }

    /** Those that are wanted. */
    FeatureColumns filter(Predicate<String> wanted) {
        return new FeatureColumns(
                ids.stream().filter(column -> wanted.test(column.name())).toList(),
                numbers.stream().filter(column -> wanted.test(column.name())).toList());
    }

    /** The named ones and the item; all without names. */
    FeatureColumns chosen(@Nullable Collection<String> names, String item) {
        if (names == null) {
            return this;
        }
        checkNames("columns", names, names());
        return filter(name -> names.contains(name) || name.equals(item));
    }

    /** @throws ConfigException when a setting names what isn't there, suggesting the nearest */
    static void checkNames(String setting, Collection<String> names, Collection<String> known) {
        for (String name : names) {
            if (!known.contains(name)) {
                throw new ConfigException(
                        setting + ": " + name + " (expected: " + Names.expectation(name, known) + ")");
            }
        }
    }
}

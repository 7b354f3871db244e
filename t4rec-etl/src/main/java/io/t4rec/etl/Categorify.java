package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ids for categories, most frequent first; see {@link Vocabulary} for the layout. Of a list, each element gets its id. The schema gets the
 * domain, the tag categorical, and the properties {@code vocabulary} and {@code embedding_sizes}; {@code first_id} where values don't begin at 3.
 *
 * @param columns integer or text columns
 * @param frequencyThreshold values seen less often become unknown; default 0 keeps all
 * @param maxSize most values kept, the most frequent ones; default 0 keeps all
 * @param shared whether the columns, all of one type, have one vocabulary, so that a value has the same id in each; default
 *     false
 * @param combined whether the values of the columns together become one new column of ids, {@code a_b}; its values are the columns' joined
 *     by a bar ({@link TupleText}), null when all are; default false
 * @param singleTable whether the ids of the columns follow one another, so that all fit one embedding table; default false
 * @param buckets ids that unknown values are spread over by {@link StableHash}; default 0, as 1, gives them one
 * @param startIndex number of ids left free behind the padding; default 0
 * @param vocabularies values by column, in order of their ids, or the Parquet file that lists them in a column of that name, as NVTabular
 *     writes; such columns are not fitted
 */
public record Categorify(
        List<String> columns,
        int frequencyThreshold,
        int maxSize,
        boolean shared,
        boolean combined,
        boolean singleTable,
        long buckets,
        long startIndex,
        Map<String, Object> vocabularies)
        implements Operator {
    private static final String OPERATOR = "categorify";

    /** @throws ConfigException for negative bounds, no column, or settings that exclude each other */
    public Categorify {
        columns = Operators.given(OPERATOR, columns);
        if (frequencyThreshold < 0 || maxSize < 0 || buckets < 0) {
            throw new ConfigException(OPERATOR + ": frequencyThreshold " + frequencyThreshold + ", maxSize " + maxSize
                    + ", buckets " + buckets + " (expected: >= 0)");
        }
        if ((shared ? 1 : 0) + (combined ? 1 : 0) + (singleTable ? 1 : 0) > 1) {
            throw new ConfigException(
                    OPERATOR + ": shared, combined, singleTable (expected: one of them, they exclude each other)");
        }
        buckets = Math.max(1, buckets);
        if (vocabularies != null && vocabularies.values().stream().anyMatch(Objects::isNull)) {
            throw new ConfigException(
                    OPERATOR + ": vocabularies " + vocabularies + " (expected: values or a file for each column)");
        }
        vocabularies = vocabularies == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(vocabularies));
        if (!vocabularies.isEmpty() && (shared || combined)) {
            throw new ConfigException(
                    OPERATOR + ": vocabularies " + vocabularies.keySet() + " (expected: none with shared or combined)");
        }
        if (startIndex < 0 || startIndex > Integer.MAX_VALUE) {
            throw new ConfigException(OPERATOR + ": startIndex " + startIndex + " (expected: 0 to 2^31 - 1)");
        }
    }

    /** Bounds alone. */
    public Categorify(List<String> columns, int frequencyThreshold, int maxSize, boolean shared) {
        this(columns, frequencyThreshold, maxSize, shared, false, false, 1, 0, Map.of());
    }

    /** Keeps all values; each column has its own vocabulary. */
    public static Categorify of(String... columns) {
        return new Categorify(List.of(columns), 0, 0, false);
    }

    /** The values of the columns together as one new column. */
    public static Categorify combined(String... columns) {
        return new Categorify(List.of(columns), 0, 0, false, true, false, 1, 0, Map.of());
    }

    /** With unknown values spread over buckets. */
    public Categorify withBuckets(long number) {
        return new Categorify(
                columns, frequencyThreshold, maxSize, shared, combined, singleTable, number, startIndex, vocabularies);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public boolean grows() {
        return !singleTable; // the ids of the next column follow
    }

    @Override
    public List<Statistic> statistics(Input input) {
        List<String> chosen = chosen(input);
        long atLeast = Math.max(1, frequencyThreshold);
        if (combined) {
            return List.of(new Statistic.Counts(List.of(name(chosen)), List.of(tuple(chosen)), atLeast, maxSize));
        }
        return shared
                ? List.of(new Statistic.Counts(
                        chosen, chosen.stream().map(Expr::column).toList(), atLeast, maxSize))
                : chosen.stream()
                        .filter(column -> !vocabularies.containsKey(column))
                        .<Statistic>map(column -> Statistic.Counts.of(column, column, atLeast, maxSize))
                        .toList();
    }

    @Override
    public void arrange(Input input, FittedState state) {
        List<String> chosen = chosen(input);
        vocabularies.forEach((column, given) ->
                state.vocabularies().put(column, GivenVocabulary.of(given, input.require(OPERATOR, column), layout())));
        List<String> names = combined ? List.of(name(chosen)) : chosen;
        IdentityHashMap<Vocabulary, Vocabulary> moved = new IdentityHashMap<>();
        IdLayout layout = layout();
        for (String name : names) {
            IdLayout here = layout;
            Vocabulary vocabulary = moved.computeIfAbsent(state.vocabulary(name), found -> found.in(here));
            state.vocabularies().put(name, vocabulary);
            if (singleTable) {
                layout = new IdLayout(vocabulary.cardinality() - 1, buckets);
            }
        }
    }

    @Override
    public Map<String, Long> kept(Input input, FittedState state) {
        Map<String, Long> kept = new LinkedHashMap<>();
        for (String column : chosen(input)) {
            if (singleTable || vocabularies.containsKey(column)) {
                kept.put(column, state.vocabulary(column).cardinality());
            }
        }
        return kept;
    }

    private IdLayout layout() {
        return new IdLayout(startIndex, buckets);
    }

    /** Of the column of combined values. */
    private static String name(List<String> chosen) {
        return String.join("_", chosen);
    }

    private static Expr tuple(List<String> chosen) {
        return new Expr.Call(
                Expr.Function.TUPLE, chosen.stream().map(Expr::column).toList());
    }

    private List<String> chosen(Input input) {
        List<String> chosen = input.select(OPERATOR, columns);
        if (combined) {
            chosen.forEach(column -> discrete(input, input.scalar(OPERATOR, column)));
            input.requireNew(OPERATOR, name(chosen));
            return chosen;
        }
        chosen.forEach(column -> check(input, column, chosen.get(0)));
        for (String given : vocabularies.keySet()) {
            if (!chosen.contains(given)) {
                throw input.refusal(OPERATOR, given, "given a vocabulary", "one of the columns: " + chosen);
            }
        }
        return chosen;
    }

    private static ColumnSchema discrete(Input input, ColumnSchema column) {
        if (column.dtype().isFloating()) {
            throw input.refusal(OPERATOR, column.name(), column.dtype().toString(), "integers or text");
        }
        return column;
    }

    private void check(Input input, String column, String firstColumn) {
        ColumnSchema found = discrete(input, input.changeable(OPERATOR, column));
        boolean taken = input.schema().columns().stream()
                .anyMatch(other -> column.equals(other.properties().get(IdColumns.VOCABULARY)));
        if (taken) {
            throw input.refusal(OPERATOR, column, "has ids already", "a column that was not categorified before");
        }
        ColumnSchema first = input.require(OPERATOR, firstColumn);
        if (shared && (first.dtype() == DType.STRING) != (found.dtype() == DType.STRING)) {
            throw input.refusal(
                    OPERATOR, column, found.dtype().toString(), "one type for a shared vocabulary: " + first.dtype());
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> chosen = chosen(input);
        if (combined) {
            String name = name(chosen);
            ColumnSchema added = ids(ColumnSchema.scalar(name, DType.INT64), name, chosen, state);
            Expr id =
                    new Expr.Lookup(name, tuple(chosen), state.vocabulary(name).layout());
            return new Built(
                    List.of(new Step.Project(Map.of(name, id))), input.schema().plus(Schema.of(added)));
        }
        return Operators.project(
                input,
                OPERATOR,
                chosen,
                column -> ids(column, shared ? chosen.get(0) : column.name(), chosen, state),
                column -> {
                    IdLayout layout = state.vocabulary(column.name()).layout();
                    Expr value = Expr.column(column.name());
                    return column.isList()
                            ? new Expr.LookupEach(column.name(), value, layout)
                            : new Expr.Lookup(column.name(), value, layout);
                });
    }

    /** @param domain name of the ids that columns share */
    private ColumnSchema ids(ColumnSchema column, String domain, List<String> chosen, FittedState state) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put(IdColumns.VOCABULARY, column.name());
        long first = state.vocabulary(column.name()).layout().first();
        if (first != Vocabulary.FIRST) {
            properties.put(IdColumns.FIRST_ID, first);
        }
        if (buckets > 1) {
            properties.put("num_buckets", buckets);
        }
        if (frequencyThreshold > 0) {
            properties.put("freq_threshold", (long) frequencyThreshold);
        }
        if (maxSize > 0) {
            properties.put("max_size", (long) maxSize);
        }
        String last = singleTable ? chosen.get(chosen.size() - 1) : column.name();
        long max = state.vocabulary(last).cardinality() - 1;
        return IdColumns.of(column, max, singleTable ? String.join("_", chosen) : domain)
                .withProperties(properties);
    }
}

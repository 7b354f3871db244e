package io.t4rec.etl;

import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Renders steps as SQL. What databases write in their own ways is left to a dialect for each; names and values enter SQL through its
 * quoting alone. Rows carry {@link #ROW}, their place in the input, which breaks ties of time.
 */
public abstract class SqlDialect {
    /** Column with the place of a row, which sorts; one of a kind within a relation. */
    public static final String ROW = "__row";

    /** Column that says which rows stay. */
    static final String KEEP = "__keep";

    /** The computed value beside columns of rows: {@link #valueAndColumns}. */
    public static final String VALUE = "__value";

    /** Number of a row in its group. */
    protected static final String NUMBER = "__number";

    /** Numbers as people and programs write them. */
    protected static final String DECIMAL = "^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)? *$";

    /** Types of columns when they are written; others are as computed. */
    private static final Map<DType, String> TYPES = Map.of(
            DType.INT64, "bigint",
            DType.INT8, "tinyint",
            DType.INT16, "smallint",
            DType.INT32, "integer",
            DType.BOOL, "boolean");

    private final WorkflowConfig config;

    /** @param config whose time orders the events of a session */
    protected SqlDialect(WorkflowConfig config) {
        this.config = config;
    }

    /** Name of the table with the ids of a vocabulary, {@code value, id}; not yet quoted. */
    public static String vocabularyTable(String name) {
        return "vocabulary " + name;
    }

    /** Name of the table with fitted numbers, {@code value, number}; not yet quoted. */
    public static String numbersTable(String name) {
        return "numbers " + name;
    }

    /** Name of the table with rows by key, {@code __key} and its columns; not yet quoted. */
    public static String keyedTable(String name) {
        return "table " + name;
    }

    /** Quotes a column or table name. */
    public abstract String identifier(String name);

    /** Quotes a text value. */
    public abstract String text(String value);

    /** The quotient of an integer and a positive one, rounded towards zero. */
    protected abstract String quotient(String value, long divisor);

    /** Number of elements of a list, as an integer of 64 bits. */
    protected abstract String length(String list);

    /**
     * Part of a list.
     *
     * @param first place of the first element, from 1
     * @param last place of the last element; below the first for an empty list
     */
    protected abstract String slice(String list, String first, String last);

    /** A value as text: integers in decimal. */
    protected abstract String asText(String value);

    /** A value as a 32-bit float and back. */
    protected abstract String single(String value);

    /** {@link StableHash#bucket} of a text. */
    protected abstract String hashBucket(String text, String buckets);

    /**
     * A list with a value computed from each element.
     *
     * @param element name of the element within the body
     */
    protected abstract String transform(String list, String element, String body);

    /** A list filled on the right up to a length. */
    protected abstract String pad(String list, long length, String value);

    /**
     * A select of the rows of a list column's elements as {@code value}.
     *
     * @param list of the row {@code t}
     */
    protected abstract String elements(String list, String relation);

    /** The type of a list of elements of a type. */
    protected abstract String listOf(String type);

    /**
     * Whether a value, once made a number, is a finite one; null or false where it can't be made one, or where a text isn't a number as
     * they are written.
     *
     * @param type of the value, as the database calls it
     */
    protected abstract String isFinite(String value, String type);

    /** Whether a condition on a named element holds for any element of a list. */
    protected abstract String anyElement(String list, String element, String condition);

    /**
     * A list with what is found for each element in a fitted table.
     *
     * @param list of the row {@code t}
     * @param table quoted
     * @param key column of the table that the element is looked for in
     * @param found makes a value of the element and of the alias of the table
     * @param text whether the values are text; else they are integers
     */
    protected abstract String each(
            String list, String table, String key, BinaryOperator<String> found, boolean text, SqlRendering rendering);

    /** Operators and columns whose SQL is the user's own in a step, for messages; empty for none. */
    public static String customs(Step step) {
        return MentionedColumns.expressions(step).stream()
                .filter(Expr.Custom.class::isInstance)
                .map(expression -> ((Expr.Custom) expression).where())
                .collect(Collectors.joining(", "));
    }

    /** Whether SQL of the user's own is taken as it is; else it is written anew, of what means the same on all engines. */
    boolean takesAllOfDuckDb() {
        return false;
    }

    /**
     * Numbers as 32-bit floats; fails where one is beyond them.
     *
     * @param list whether they are lists of such
     */
    protected String floats(String value, boolean list) {
        return "cast(" + value + " as " + (list ? listOf("float") : "float") + ")";
    }

    /** Sum of the products of two lists' numbers. */
    protected abstract String dot(String left, String right);

    /** An SQL type that values of a type are computed in. */
    protected abstract String type(DType type);

    /**
     * A select over the relation that stands for the step.
     *
     * @param before columns of the relation
     */
    public String select(Step step, String relation, List<String> before) {
        if (step instanceof Step.Project project) {
            return project(project.columns(), relation, before);
        }
        if (step instanceof Step.Rename rename) {
            String columns = before.stream()
                    .map(name ->
                            ofRow(name) + " as " + identifier(rename.names().getOrDefault(name, name)))
                    .collect(Collectors.joining(", "));
            return "select " + columns + ", t." + ROW + " from " + relation + " t";
        }
        if (step instanceof Step.Select kept) {
            return "select " + identifiers(kept.columns()) + ", " + ROW + " from " + relation;
        }
        if (step instanceof Step.Where where) {
            SqlRendering rendering = new SqlRendering(this, relation);
            String predicate = rendering.render(where.predicate());
            String columns = identifiers(before);
            return "select " + columns + ", " + ROW + " from (select t.*, " + predicate + " as " + KEEP + " from "
                    + relation + " t" + rendering.joins() + ") where " + KEEP + " = 1";
        }
        throw new IllegalArgumentException("step: " + step + " (expected: one of rows, no group)");
    }

    /** A select of an expression's values, of a list column the elements, as {@code value}. */
    public String values(Expr expr, String relation, Schema before) {
        SqlRendering rendering = new SqlRendering(this, relation);
        String value = rendering.render(expr);
        boolean list =
                expr instanceof Expr.Column column && before.get(column.name()).isList();
        return list
                ? elements(value, relation)
                : "select " + value + " as value from " + relation + " t" + rendering.joins();
    }

    /** The columns of a schema in its types. */
    public String typed(Schema schema) {
        return schema.columns().stream()
                .map(column -> {
                    String name = identifier(column.name());
                    String type = TYPES.get(column.dtype());
                    if (column.dtype() == DType.FLOAT32) {
                        return floats(name, column.isList()) + " as " + name;
                    }
                    String cast = type == null
                            ? name
                            : "cast(" + name + " as " + (column.isList() ? listOf(type) : type) + ")";
                    return cast + " as " + name;
                })
                .collect(Collectors.joining(", "));
    }

    /** A select of an expression's values as {@link #VALUE}, and of columns beside them, whatever they are called. */
    public String valueAndColumns(Expr expr, List<String> columns, String relation) {
        SqlRendering rendering = new SqlRendering(this, relation);
        String value = rendering.render(expr);
        String others =
                columns.stream().map(column -> ", " + ofRow(column)).distinct().collect(Collectors.joining());
        return "select " + value + " as " + VALUE + others + " from " + relation + " t" + rendering.joins();
    }

    private String project(Map<String, Expr> changed, String relation, List<String> before) {
        SqlRendering rendering = new SqlRendering(this, relation);
        Map<String, String> columns = new LinkedHashMap<>();
        before.forEach(name -> columns.put(name, ofRow(name)));
        changed.forEach((name, expression) -> columns.put(name, rendering.render(expression)));
        String list = columns.entrySet().stream()
                .map(column -> column.getValue() + " as " + identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        return "select " + list + ", t." + ROW + " from " + relation + " t" + rendering.joins();
    }

    /** A column of the relation, whatever the columns of joined tables are called. */
    protected final String ofRow(String name) {
        return "t." + identifier(name);
    }

    /** Columns as a list. */
    protected final String identifiers(List<String> names) {
        return names.stream().map(this::identifier).collect(Collectors.joining(", "));
    }

    /** What orders the events of a session: their time, then their place. */
    protected final String order() {
        return ofRow(config.time()) + ", t." + ROW;
    }

    /** The workflow's column of the time. */
    protected final String time() {
        return config.time();
    }

    /** An empty list of elements of a type. */
    protected abstract String emptyList(String type);

    /**
     * A deviation or variance of a group's numbers; null where one is too large for it, as databases fail or not.
     *
     * @param function of the sample
     */
    protected final String deviation(String function, String column) {
        String value = "cast(" + column + " as double)";
        String small = "abs(" + value + ") < " + literal(Step.Aggregate.TOO_LARGE_TO_SQUARE);
        return "case when max(abs(" + value + ")) < " + literal(Step.Aggregate.TOO_LARGE_TO_SQUARE) + " then "
                + function + "(" + value + ") filter (where " + small + ") end";
    }

    /** A constant. */
    final String literal(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Double number) {
            return "cast(" + text(number.toString()) + " as double)";
        }
        return value instanceof String text ? text(text) : "cast(" + value + " as bigint)";
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.HashMap;
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

    private static final String ELEMENT = "e";

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
            String list, String table, String key, BinaryOperator<String> found, boolean text, Rendering rendering);

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
            Rendering rendering = new Rendering(relation);
            String predicate = rendering.render(where.predicate());
            String columns = identifiers(before);
            return "select " + columns + ", " + ROW + " from (select t.*, " + predicate + " as " + KEEP + " from "
                    + relation + " t" + rendering.joins + ") where " + KEEP + " = 1";
        }
        throw new IllegalArgumentException("step: " + step + " (expected: one of rows, no group)");
    }

    /** A select of an expression's values, of a list column the elements, as {@code value}. */
    public String values(Expr expr, String relation, Schema before) {
        Rendering rendering = new Rendering(relation);
        String value = rendering.render(expr);
        boolean list =
                expr instanceof Expr.Column column && before.get(column.name()).isList();
        return list
                ? elements(value, relation)
                : "select " + value + " as value from " + relation + " t" + rendering.joins;
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
        Rendering rendering = new Rendering(relation);
        String value = rendering.render(expr);
        String others =
                columns.stream().map(column -> ", " + ofRow(column)).distinct().collect(Collectors.joining());
        return "select " + value + " as " + VALUE + others + " from " + relation + " t" + rendering.joins;
    }

    private String project(Map<String, Expr> changed, String relation, List<String> before) {
        Rendering rendering = new Rendering(relation);
        Map<String, String> columns = new LinkedHashMap<>();
        before.forEach(name -> columns.put(name, ofRow(name)));
        changed.forEach((name, expression) -> columns.put(name, rendering.render(expression)));
        String list = columns.entrySet().stream()
                .map(column -> column.getValue() + " as " + identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        return "select " + list + ", t." + ROW + " from " + relation + " t" + rendering.joins;
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

    /** The id for a value that was looked up. */
    private String id(String value, String found, IdLayout layout) {
        String unknown = layout.buckets() == 1
                ? String.valueOf(layout.unknown())
                : "(" + hashBucket(asText(value), String.valueOf(layout.buckets())) + " + " + layout.unknown() + ")";
        return "case when " + value + " is null then " + layout.nullId() + " else coalesce(" + found + ", " + unknown
                + ") end";
    }

    /** Name of the table with rows by key, {@code __key} and its columns; not yet quoted. */
    public static String keyedTable(String name) {
        return "table " + name;
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

    private static String truth(String condition) {
        return "cast((" + condition + ") as bigint)";
    }

    /** An integer of 64 bits as one whose differences are exact. */
    private static String wide(String integer) {
        return "cast(" + integer + " as decimal(20, 0))";
    }

    /** The rest of a division, not negative. */
    private static String modulo(String value, long divisor) {
        return "((" + value + " % " + divisor + " + " + divisor + ") % " + divisor + ")";
    }

    /** Renders the expressions of one select and collects the tables it joins. */
    protected final class Rendering {
        private final String relation;
        private final StringBuilder joins = new StringBuilder();
        private final Map<String, String> found = new HashMap<>();
        private int joined;

        private Rendering(String relation) {
            this.relation = relation;
        }

        /** What the select reads, under the alias {@code t}. */
        public String relation() {
            return relation;
        }

        /** An expression of the row {@code t}. */
        public String render(Expr expr) {
            if (expr instanceof Expr.Column column) {
                return ofRow(column.name());
            }
            if (expr instanceof Expr.Literal literal) {
                return literal(literal.value());
            }
            if (expr instanceof Expr.Lookup lookup) {
                String value = render(lookup.value());
                return id(value, find(vocabularyTable(lookup.vocabulary()), "value", value) + ".id", lookup.layout());
            }
            if (expr instanceof Expr.LookupEach lookup) {
                return each(
                        render(lookup.list()),
                        identifier(vocabularyTable(lookup.vocabulary())),
                        "value",
                        (element, found) -> id(element, found + ".id", lookup.layout()),
                        false,
                        this);
            }
            if (expr instanceof Expr.LookupNumber lookup) {
                return find(numbersTable(lookup.numbers()), "value", render(lookup.value())) + ".number";
            }
            if (expr instanceof Expr.LookupValue lookup) {
                return find(vocabularyTable(lookup.vocabulary()), "id", render(lookup.id())) + ".value";
            }
            if (expr instanceof Expr.LookupValues lookup) {
                return each(
                        render(lookup.list()),
                        identifier(vocabularyTable(lookup.vocabulary())),
                        "id",
                        (element, found) -> found + ".value",
                        lookup.text(),
                        this);
            }
            if (expr instanceof Expr.LookupColumn lookup) {
                String found = find(keyedTable(lookup.table()), KeyedTable.KEY, render(lookup.key())) + "."
                        + identifier(lookup.column());
                DType elements = lookup.elements();
                return elements == null ? found : "coalesce(" + found + ", " + emptyList(type(elements)) + ")";
            }
            if (expr instanceof Expr.Custom custom) {
                return custom(custom);
            }
            return windowed(expr);
        }

        private String custom(Expr.Custom custom) {
            String sql = custom.sql();
            if (sql == null) {
                throw new ConfigException(
                        custom.where() + ": lambda " + custom.function()
                                + ": no sql (expected: its SQL expression, to run on files; it runs on requests alone without)");
            }
            List<String> values = custom.arguments().stream().map(this::render).toList();
            String computed = takesAllOfDuckDb()
                    ? SqlExpression.filled(sql, values::get) + "\n"
                    : CommonSql.of(SqlDialect.this, custom, SqlExpression.requirePlain(custom, sql), values);
            String present =
                    values.stream().map(value -> value + " is not null").collect(Collectors.joining(" and "));
            String value = "cast(case when " + present + " then (" + computed + ") end as " + type(custom.type()) + ")";
            return custom.type().isFloating()
                    ? "case when abs(" + value + ") < cast('infinity' as double) then " + value + " end"
                    : value;
        }

        private String windowed(Expr expr) {
            if (expr instanceof Expr.Previous previous) {
                return (previous.shift() < 0 ? "lead(" : "lag(") + render(previous.value()) + ", "
                        + Math.abs(previous.shift()) + ") over " + inOrder(previous.session()) + ")";
            }
            if (expr instanceof Expr.SumSoFar sum) {
                return "cast(sum(" + render(sum.value()) + ") over " + inOrder(sum.session())
                        + " rows between unbounded preceding and current row) as bigint)";
            }
            if (expr instanceof Expr.Largest largest) {
                return "max(" + render(largest.value()) + ") over (partition by " + columns(largest.session()) + ")";
            }
            if (expr instanceof Expr.Rows rows) {
                return "count(*) over (partition by " + columns(rows.group()) + ")";
            }
            if (expr instanceof Expr.Earlier earlier) {
                return "(rank() over (partition by " + columns(earlier.group()) + " order by " + ofRow(config.time())
                        + ") - 1)";
            }
            if (expr instanceof Expr.Slice slice) {
                return slice(slice);
            }
            if (expr instanceof Expr.Each each) {
                return transform(render(each.list()), ELEMENT, render(each.body()));
            }
            if (expr instanceof Expr.Element) {
                return ELEMENT;
            }
            if (expr instanceof Expr.Pad pad) {
                return pad(render(pad.list()), pad.length(), render(pad.value()));
            }
            return call((Expr.Call) expr);
        }

        /** Joins a fitted table, once for each value that is looked for. */
        private String find(String table, String key, String value) {
            return found.computeIfAbsent(table + " " + key + " " + value, name -> {
                String alias = join(identifier(table));
                on(alias + "." + key + " = " + value);
                return alias;
            });
        }

        /** Joins a table, of which a row need not find one; gives its alias. A condition has to follow. */
        public String join(String table) {
            String alias = "v" + joined++;
            joins.append(" left join ").append(table).append(' ').append(alias);
            return alias;
        }

        /** The condition of the last join. */
        public void on(String condition) {
            joins.append(" on ").append(condition);
        }

        private String columns(List<String> names) {
            return names.stream().map(SqlDialect.this::ofRow).collect(Collectors.joining(", "));
        }

        private String inOrder(List<String> session) {
            return "(partition by " + columns(session) + " order by " + order();
        }

        private String slice(Expr.Slice slice) {
            String list = render(slice.list());
            String length = length(list);
            String first = slice.start() < 0
                    ? "greatest(" + length + " + (" + slice.start() + "), 0) + 1"
                    : "least(" + length + ", " + slice.start() + ") + 1";
            Long end = slice.end();
            String last = end == null
                    ? length
                    : end < 0 ? "greatest(" + length + " + (" + end + "), 0)" : "least(" + length + ", " + end + ")";
            return SqlDialect.this.slice(list, first, last);
        }

        private String call(Expr.Call call) {
            List<String> a = new ArrayList<>();
            call.arguments().forEach(argument -> a.add(render(argument)));
            return switch (call.function()) {
                case ADD -> "(" + a.get(0) + " + " + a.get(1) + ")";
                case SUBTRACT -> "(" + a.get(0) + " - " + a.get(1) + ")";
                case DIFFERENCE -> "cast(" + wide(a.get(0)) + " - " + wide(a.get(1)) + " as double)";
                case MULTIPLY -> "(" + a.get(0) + " * " + a.get(1) + ")";
                case DIVIDE -> "(" + a.get(0) + " / nullif(" + a.get(1) + ", 0))";
                case LOG1P -> "case when " + a.get(0) + " > -1 then ln(cast(" + a.get(0) + " as double) + 1) end";
                case SIN -> "sin(" + a.get(0) + ")";
                case COS -> "cos(" + a.get(0) + ")";
                case GREATEST -> bounded("greatest", a);
                case LEAST -> bounded("least", a);
                case COALESCE -> "coalesce(" + String.join(", ", a) + ")";
                case DISTINCT -> truth(a.get(0) + " is distinct from " + a.get(1));
                case EQUAL -> truth(a.get(0) + " = " + a.get(1));
                case AT_LEAST -> truth(a.get(0) + " >= " + a.get(1));
                case IN -> truth(a.get(0) + " in (" + String.join(", ", a.subList(1, a.size())) + ")");
                case NOT -> "(1 - " + a.get(0) + ")";
                case HOUR -> quotient(sinceMidnight(a.get(0)), RequestFunctions.MICROS_PER_HOUR);
                case WEEKDAY -> weekday(a.get(0));
                case LENGTH -> length(a.get(0));
                case BUCKET ->
                    a.subList(1, a.size()).stream()
                            .map(boundary -> truth(a.get(0) + " >= " + boundary))
                            .collect(Collectors.joining(" + ", "(", ")"));
                case HASH_BUCKET -> hashBucket(asText(a.get(0)), a.get(1));
                case TUPLE -> tuple(a);
                case SINGLE -> single(a.get(0));
                case SQRT -> "sqrt(" + a.get(0) + ")";
                case DOT ->
                    "case when " + length(a.get(0)) + " > 0 and " + length(a.get(1)) + " > 0 then "
                            + dot(a.get(0), a.get(1)) + " end";
            };
        }

        /** As {@link TupleText} says. */
        private String tuple(List<String> values) {
            String allNull = values.stream().map(value -> value + " is null").collect(Collectors.joining(" and "));
            String parts = values.stream()
                    .map(value -> "coalesce(" + escaped(escaped(asText(value), "\\"), "|") + ", " + text("\\N") + ")")
                    .collect(Collectors.joining(" || '|' || "));
            return "case when not (" + allNull + ") then " + parts + " end";
        }

        private String escaped(String value, String character) {
            return "replace(" + value + ", " + text(character) + ", " + text("\\" + character) + ")";
        }

        private String weekday(String time) {
            String days = quotient("(" + time + " - " + sinceMidnight(time) + ")", RequestFunctions.MICROS_PER_DAY);
            return modulo("(" + days + " + " + RequestFunctions.WEEKDAY_OF_1970 + ")", 7);
        }

        private static String sinceMidnight(String micros) {
            return modulo(micros, RequestFunctions.MICROS_PER_DAY);
        }

        private static String bounded(String function, List<String> a) {
            return "case when " + a.get(0) + " is not null then " + function + "(" + String.join(", ", a) + ") end";
        }
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Renders the expressions of one select and collects the tables it joins. */
public final class SqlRendering {
    /** Name of an element of a list within what is computed of each. */
    private static final String ELEMENT = "e";

    private final SqlDialect dialect;
    private final String relation;
    private final StringBuilder joins = new StringBuilder();
    private final Map<String, String> found = new HashMap<>();
    private int joined;

    /** @param relation that the select reads */
    SqlRendering(SqlDialect dialect, String relation) {
        this.dialect = dialect;
        this.relation = relation;
    }

    /** What the select reads, under the alias {@code t}. */
    public String relation() {
        return relation;
    }

    /** The tables that the expressions rendered so far look things up in. */
    String joins() {
        return joins.toString();
    }

    /** An expression of the row {@code t}. */
    public String render(Expr expr) {
        if (expr instanceof Expr.Column column) {
            return dialect.ofRow(column.name());
        }
        if (expr instanceof Expr.Literal literal) {
            return dialect.literal(literal.value());
        }
        if (expr instanceof Expr.Lookup lookup) {
            String value = render(lookup.value());
            return id(
                    value,
                    find(SqlDialect.vocabularyTable(lookup.vocabulary()), "value", value) + ".id",
                    lookup.layout());
        }
        if (expr instanceof Expr.LookupEach lookup) {
            return dialect.each(
                    render(lookup.list()),
                    dialect.identifier(SqlDialect.vocabularyTable(lookup.vocabulary())),
                    "value",
                    (element, found) -> id(element, found + ".id", lookup.layout()),
                    false,
                    this);
        }
        if (expr instanceof Expr.LookupNumber lookup) {
            return find(SqlDialect.numbersTable(lookup.numbers()), "value", render(lookup.value())) + ".number";
        }
        if (expr instanceof Expr.LookupValue lookup) {
            return find(SqlDialect.vocabularyTable(lookup.vocabulary()), "id", render(lookup.id())) + ".value";
        }
        if (expr instanceof Expr.LookupValues lookup) {
            return dialect.each(
                    render(lookup.list()),
                    dialect.identifier(SqlDialect.vocabularyTable(lookup.vocabulary())),
                    "id",
                    (element, found) -> found + ".value",
                    lookup.text(),
                    this);
        }
        if (expr instanceof Expr.LookupColumn lookup) {
            String found = find(SqlDialect.keyedTable(lookup.table()), KeyedTable.KEY, render(lookup.key())) + "."
                    + dialect.identifier(lookup.column());
            DType elements = lookup.elements();
            return elements == null
                    ? found
                    : "coalesce(" + found + ", " + dialect.emptyList(dialect.type(elements)) + ")";
        }
        if (expr instanceof Expr.Custom custom) {
            return custom(custom);
        }
        return windowed(expr);
    }

    private String custom(Expr.Custom custom) {
        String sql = custom.sql();
        if (sql == null) {
            throw new ConfigException(custom.where() + ": lambda " + custom.function()
                    + ": no sql (expected: its SQL expression, to run on files; it runs on requests alone without)");
        }
        List<String> values = custom.arguments().stream().map(this::render).toList();
        String computed = dialect.takesAllOfDuckDb()
                ? SqlExpression.filled(sql, values::get) + "\n"
                : CommonSql.of(dialect, custom, SqlExpression.requirePlain(custom, sql), values);
        String present = values.stream().map(value -> value + " is not null").collect(Collectors.joining(" and "));
        String value =
                "cast(case when " + present + " then (" + computed + ") end as " + dialect.type(custom.type()) + ")";
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
            return "(rank() over (partition by " + columns(earlier.group()) + " order by "
                    + dialect.ofRow(dialect.time()) + ") - 1)";
        }
        if (expr instanceof Expr.Slice slice) {
            return slice(slice);
        }
        if (expr instanceof Expr.Each each) {
            return dialect.transform(render(each.list()), ELEMENT, render(each.body()));
        }
        if (expr instanceof Expr.Element) {
            return ELEMENT;
        }
        if (expr instanceof Expr.Pad pad) {
            return dialect.pad(render(pad.list()), pad.length(), render(pad.value()));
        }
        return call((Expr.Call) expr);
    }

    /** Joins a fitted table, once for each value that is looked for. */
    private String find(String table, String key, String value) {
        return found.computeIfAbsent(table + " " + key + " " + value, name -> {
            String alias = join(dialect.identifier(table));
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
        return names.stream().map(dialect::ofRow).collect(Collectors.joining(", "));
    }

    private String inOrder(List<String> session) {
        return "(partition by " + columns(session) + " order by " + dialect.order();
    }

    private String slice(Expr.Slice slice) {
        String list = render(slice.list());
        String length = dialect.length(list);
        String first = slice.start() < 0
                ? "greatest(" + length + " + (" + slice.start() + "), 0) + 1"
                : "least(" + length + ", " + slice.start() + ") + 1";
        Long end = slice.end();
        String last = end == null
                ? length
                : end < 0 ? "greatest(" + length + " + (" + end + "), 0)" : "least(" + length + ", " + end + ")";
        return dialect.slice(list, first, last);
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
            case HOUR -> dialect.quotient(sinceMidnight(a.get(0)), RequestFunctions.MICROS_PER_HOUR);
            case WEEKDAY -> weekday(a.get(0));
            case LENGTH -> dialect.length(a.get(0));
            case BUCKET ->
                a.subList(1, a.size()).stream()
                        .map(boundary -> truth(a.get(0) + " >= " + boundary))
                        .collect(Collectors.joining(" + ", "(", ")"));
            case HASH_BUCKET -> dialect.hashBucket(dialect.asText(a.get(0)), a.get(1));
            case TUPLE -> tuple(a);
            case SINGLE -> dialect.single(a.get(0));
            case SQRT -> "sqrt(" + a.get(0) + ")";
            case DOT ->
                "case when " + dialect.length(a.get(0)) + " > 0 and " + dialect.length(a.get(1)) + " > 0 then "
                        + dialect.dot(a.get(0), a.get(1)) + " end";
        };
    }

    /** As {@link TupleText} says. */
    private String tuple(List<String> values) {
        String allNull = values.stream().map(value -> value + " is null").collect(Collectors.joining(" and "));
        String parts = values.stream()
                .map(value -> "coalesce(" + escaped(escaped(dialect.asText(value), "\\"), "|") + ", "
                        + dialect.text("\\N") + ")")
                .collect(Collectors.joining(" || '|' || "));
        return "case when not (" + allNull + ") then " + parts + " end";
    }

    private String escaped(String value, String character) {
        return "replace(" + value + ", " + dialect.text(character) + ", " + dialect.text("\\" + character) + ")";
    }

    private String weekday(String time) {
        String days = dialect.quotient("(" + time + " - " + sinceMidnight(time) + ")", RequestFunctions.MICROS_PER_DAY);
        return modulo("(" + days + " + " + RequestFunctions.WEEKDAY_OF_1970 + ")", 7);
    }

    private static String sinceMidnight(String micros) {
        return modulo(micros, RequestFunctions.MICROS_PER_DAY);
    }

    private static String bounded(String function, List<String> a) {
        return "case when " + a.get(0) + " is not null then " + function + "(" + String.join(", ", a) + ") end";
    }

    /** The id for a value that was looked up. */
    private String id(String value, String found, IdLayout layout) {
        String unknown = layout.buckets() == 1
                ? String.valueOf(layout.unknown())
                : "(" + dialect.hashBucket(dialect.asText(value), String.valueOf(layout.buckets())) + " + "
                        + layout.unknown() + ")";
        return "case when " + value + " is null then " + layout.nullId() + " else coalesce(" + found + ", " + unknown
                + ") end";
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
}

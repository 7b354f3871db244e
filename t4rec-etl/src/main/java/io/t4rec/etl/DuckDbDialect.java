package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Steps as DuckDB's SQL. */
final class DuckDbDialect extends SqlDialect {
    DuckDbDialect(WorkflowConfig config) {
        super(config);
    }

    @Override
    public String identifier(String name) {
        return Database.identifier(name);
    }

    @Override
    public String text(String value) {
        return Database.literal(value);
    }

    @Override
    protected String quotient(String value, long divisor) {
        return "(" + value + " // " + divisor + ")";
    }

    @Override
    protected String length(String list) {
        return "len(" + list + ")";
    }

    @Override
    protected String slice(String list, String first, String last) {
        return "list_slice(" + list + ", " + first + ", " + last + ")";
    }

    @Override
    protected String asText(String value) {
        return "cast(" + value + " as varchar)";
    }

    @Override
    protected String single(String value) {
        return "cast(cast(" + value + " as float) as double)";
    }

    @Override
    protected String hashBucket(String text, String buckets) {
        return "cast(cast('0x' || substr(md5(" + text + "), 1, 16) as ubigint) % cast(" + buckets
                + " as ubigint) as bigint)";
    }

    @Override
    protected String transform(String list, String element, String body) {
        return "list_transform(" + list + ", lambda " + element + ": " + body + ")";
    }

    @Override
    protected String pad(String list, long length, String value) {
        return "list_resize(" + list + ", greatest(len(" + list + "), " + length + "), " + value + ")";
    }

    @Override
    protected String elements(String list, String relation) {
        return "select unnest(" + list + ") as value from " + relation + " t";
    }

    @Override
    protected String listOf(String type) {
        return type + "[]";
    }

    @Override
    protected String emptyList(String type) {
        return "cast([] as " + type + "[])";
    }

    @Override
    boolean takesAllOfDuckDb() {
        return true;
    }

    @Override
    protected String isFinite(String value, String type) {
        String finite = "isfinite(try_cast(" + value + " as double))";
        // DuckDB's own cast also takes 1_000
        return type.equals("VARCHAR")
                ? "(regexp_matches(" + value + ", '" + DECIMAL + "') and " + finite + ")"
                : finite;
    }

    @Override
    protected String anyElement(String list, String element, String condition) {
        return "len(list_filter(" + list + ", lambda " + element + ": " + condition + ")) > 0";
    }

    @Override
    protected String each(
            String list, String table, String key, BinaryOperator<String> found, boolean text, SqlRendering rendering) {
        return "coalesce((select list(" + found.apply("e.element", "v") + " order by e.place) from (select unnest("
                + list + ") as element, generate_subscripts(" + list + ", 1) as place) e left join " + table
                + " v on v." + key + " = e.element), cast([] as " + (text ? "varchar" : "bigint") + "[]))";
    }

    @Override
    protected String dot(String left, String right) {
        return "list_inner_product(" + left + ", " + right + ")";
    }

    @Override
    protected String type(DType type) {
        return type == DType.STRING ? "varchar" : type.isFloating() ? "double" : "bigint";
    }

    /** The rows of a relation in the order of a group, with what it takes of them: other columns aren't even read. */
    String sorted(Step.Group group, String relation, IntegerBounds bounds) {
        Set<String> needed = new LinkedHashSet<>(group.session());
        needed.addAll(group.order());
        group.columns().values().forEach(aggregate -> needed.add(aggregate.column()));
        String direction = group.descending() ? " desc nulls last, " : " nulls last, ";
        String order = group.order().stream()
                .map(column -> identifier(column) + direction)
                .collect(Collectors.joining());
        String columns = needed.stream()
                .map(column -> narrowed(identifier(column), bounds.of(column)))
                .collect(Collectors.joining(", "));
        return "select " + columns + ", " + narrowed(ROW, bounds.of(ROW)) + " from " + relation + " order by "
                + identifiers(group.session())
                + ", " + order + ROW;
    }

    private static String narrowed(String column, @Nullable Long largest) {
        if (largest == null || largest > 0xFFFF_FFFFL) {
            return column;
        }
        String type = largest <= 0xFF ? "utinyint" : largest <= 0xFFFF ? "usmallint" : "uinteger";
        return "cast(" + column + " as " + type + ") as " + column;
    }

    /** Groups of what {@link #sorted} gave, with integers of known bounds as wide as all others again. */
    String widened(Step.Group group, String relation, IntegerBounds bounds) {
        List<String> wide = new ArrayList<>();
        group.columns().forEach((name, aggregate) -> {
            String type = switch (aggregate.kind()) {
                case LIST -> listOf(type(DType.INT64));
                case FIRST, LAST, MIN, MAX -> type(DType.INT64);
                default -> null; // counts and the like are wide anyway
            };
            if (type != null && bounds.of(aggregate.column()) != null) {
                wide.add("cast(" + identifier(name) + " as " + type + ") as " + identifier(name));
            }
        });
        return "select *" + (wide.isEmpty() ? "" : " replace (" + String.join(", ", wide) + ")") + " from " + relation;
    }

    /**
     * One row a group of a relation that holds its rows in order; one thread must run it, to keep that order in lists. Sessions come in
     * order of their last event: recency is what neighbourhood methods ask for.
     */
    String group(Step.Group group, String relation) {
        String columns = group.columns().entrySet().stream()
                .map(column -> aggregate(column.getValue()) + " as " + identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        String first = "min(" + ROW + ")";
        // a place that sorts as it is needs no window over the lists
        String place = group.order().contains(time())
                ? "{'last': max(" + identifier(time()) + "), 'first': " + first + "}"
                : first;
        return "select " + columns + ", " + place + " as " + ROW + " from " + relation + " group by "
                + identifiers(group.session());
    }

    private String aggregate(Step.Aggregate aggregate) {
        String column = identifier(aggregate.column());
        return switch (aggregate.kind()) {
            case LIST -> "list(" + column + ")";
            case FIRST -> "first(" + column + ")";
            case LAST -> "last(" + column + ")";
            case COUNT -> "count(" + column + ")";
            case NUNIQUE -> "count(distinct " + column + ")";
            case SUM -> "cast(sum(" + column + ") as " + (aggregate.integers() ? "bigint)" : "double)");
            case MEAN -> "avg(cast(" + column + " as double))";
            case MIN -> "min(" + column + ")";
            case MAX -> "max(" + column + ")";
            case STD -> deviation("stddev_samp", column);
            case VAR -> deviation("var_samp", column);
            case MEDIAN -> "median(cast(" + column + " as double))";
        };
    }
}

package io.t4rec.spark;

import io.t4rec.etl.SqlDialect;
import io.t4rec.etl.SqlRendering;
import io.t4rec.etl.Step;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/** Steps as Spark's SQL, for sessions in which backslashes begin escapes, as is Spark's default. */
final class SparkDialect extends SqlDialect {
    /** What Spark's failures say of numbers that 32-bit floats can't hold. */
    static final String BEYOND_FLOATS = "a number beyond a 32-bit float";

    SparkDialect(WorkflowConfig config) {
        super(config);
    }

    @Override
    public String identifier(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    @Override
    public String text(String value) {
        return '\'' + value.replace("\\", "\\\\").replace("'", "\\'") + '\'';
    }

    @Override
    protected String quotient(String value, long divisor) {
        return "(" + value + " div " + divisor + ")";
    }

    @Override
    protected String length(String list) {
        return "cast(size(" + list + ") as bigint)";
    }

    @Override
    protected String slice(String list, String first, String last) {
        String length = "greatest(" + last + " - (" + first + ") + 1, 0)";
        return "slice(" + list + ", cast(" + first + " as int), cast(" + length + " as int))";
    }

    @Override
    protected String asText(String value) {
        return "cast(" + value + " as string)";
    }

    @Override
    protected String single(String value) {
        return "cast(" + floats(value, false) + " as double)";
    }

    @Override
    protected String hashBucket(String text, String buckets) {
        String hash = "cast(conv(substr(md5(cast(" + text + " as binary)), 1, 16), 16, 10) as decimal(20, 0))";
        return "cast(" + hash + " % cast(" + buckets + " as decimal(20, 0)) as bigint)";
    }

    @Override
    protected String transform(String list, String element, String body) {
        return "transform(" + list + ", " + element + " -> " + body + ")";
    }

    @Override
    protected String pad(String list, long length, String value) {
        return "concat(" + list + ", array_repeat(" + value + ", cast(greatest(" + length + " - size(" + list
                + "), 0) as int)))";
    }

    @Override
    protected String elements(String list, String relation) {
        return "select explode(" + list + ") as value from " + relation + " t";
    }

    @Override
    protected String listOf(String type) {
        return "array<" + type + ">";
    }

    @Override
    protected String isFinite(String value, String type) {
        // Spark's own cast also takes Java's 1d and NaN
        return "(cast(" + value + " as string) rlike '" + DECIMAL + "' and abs(try_cast(" + value
                + " as double)) < double('infinity'))";
    }

    @Override
    protected String anyElement(String list, String element, String condition) {
        return "exists(" + list + ", " + element + " -> " + condition + ")";
    }

    /** Elements become rows, find what they look for, and are gathered again by their place. */
    @Override
    protected String each(
            String list, String table, String key, BinaryOperator<String> found, boolean text, SqlRendering rendering) {
        String elements = "select t." + ROW + ", posexplode(" + list + ") as (place, element) from "
                + rendering.relation() + " t";
        String gathered = "select x." + ROW + ", sort_array(collect_list(struct(x.place, "
                + found.apply("x.element", "f") + " as found))).found as found from (" + elements + ") x left join "
                + table + " f on f." + key + " = x.element group by x." + ROW;
        String alias = rendering.join("(" + gathered + ")");
        rendering.on(alias + "." + ROW + " = t." + ROW);
        return "coalesce(" + alias + ".found, cast(array() as array<" + (text ? "string" : "bigint") + ">))";
    }

    @Override
    protected String emptyList(String type) {
        return "cast(array() as array<" + type + ">)";
    }

    /** Spark's own cast makes infinity of what is beyond. */
    @Override
    protected String floats(String value, boolean list) {
        String one = list ? "x" : value;
        String cast = "if(abs(" + one + ") > " + (double) Float.MAX_VALUE + ", cast(raise_error(" + text(BEYOND_FLOATS)
                + ") as float), cast(" + one + " as float))";
        return list ? transform(value, one, cast) : cast;
    }

    @Override
    protected String dot(String left, String right) {
        return "aggregate(zip_with(" + left + ", " + right + ", (x, y) -> x * y), double(0), (sum, x) -> sum + x)";
    }

    @Override
    protected String type(DType type) {
        return type == DType.STRING ? "string" : type.isFloating() ? "double" : "bigint";
    }

    /**
     * One row a session, in order of the last event. The place of a session is that time and the place of its first event.
     *
     * @param relation with the events
     */
    String group(Step.Group group, String relation) {
        boolean byTime = group.order().equals(List.of(time())) && !group.descending();
        return byTime ? group(group, relation, order()) : group(group, numbered(group, relation), "t." + NUMBER);
    }

    /** The relation with the number of each row in its group. */
    private String numbered(Step.Group group, String relation) {
        String direction = group.descending() ? " desc nulls last, " : " asc nulls last, ";
        String order =
                group.order().stream().map(column -> ofRow(column) + direction).collect(Collectors.joining());
        String keys = group.session().stream().map(this::ofRow).collect(Collectors.joining(", "));
        return "(select t.*, row_number() over (partition by " + keys + " order by " + order + "t." + ROW + ") as "
                + NUMBER + " from " + relation + " t)";
    }

    /** @param order of the events of a group */
    private String group(Step.Group group, String relation, String order) {
        Map<String, String> listed = new LinkedHashMap<>();
        group.columns().values().stream()
                .filter(aggregate -> aggregate.kind() == Step.Aggregate.Kind.LIST)
                .forEach(aggregate -> listed.putIfAbsent(aggregate.column(), "c" + listed.size()));
        StringBuilder inner = new StringBuilder("select ");
        StringBuilder outer = new StringBuilder("select ");
        int number = 0;
        for (Map.Entry<String, Step.Aggregate> column : group.columns().entrySet()) {
            String value = "a" + number++;
            if (column.getValue().kind() == Step.Aggregate.Kind.LIST) {
                value = "events." + listed.get(column.getValue().column());
            } else {
                inner.append(aggregate(group, column.getValue(), order))
                        .append(" as ")
                        .append(value)
                        .append(", ");
            }
            outer.append(value)
                    .append(" as ")
                    .append(identifier(column.getKey()))
                    .append(", ");
        }
        if (!listed.isEmpty()) {
            String fields = listed.entrySet().stream()
                    .map(field -> ", " + ofRow(field.getKey()) + " as " + field.getValue())
                    .collect(Collectors.joining());
            inner.append("sort_array(collect_list(struct(")
                    .append(order)
                    .append(fields)
                    .append("))) as events, ");
        }
        String keys = group.session().stream().map(this::ofRow).collect(Collectors.joining(", "));
        String last = group.order().contains(time()) ? "max(" + ofRow(time()) + ") as last, " : "";
        inner.append("struct(")
                .append(last)
                .append("min(t." + ROW + ") as first) as " + ROW + " from ")
                .append(relation)
                .append(" t group by ")
                .append(keys);
        return outer.append(ROW).append(" from (").append(inner).append(")").toString();
    }

    private String aggregate(Step.Group group, Step.Aggregate aggregate, String order) {
        String column = ofRow(aggregate.column());
        if (group.session().contains(aggregate.column()) && isPick(aggregate)) {
            return column;
        }
        return switch (aggregate.kind()) {
            case FIRST -> "min_by(" + column + ", struct(" + order + "))";
            case LAST -> "max_by(" + column + ", struct(" + order + "))";
            case COUNT -> "count(" + column + ")";
            case NUNIQUE -> "cast(size(collect_set(" + column + ")) as bigint)";
            case SUM -> "sum(" + column + ")";
            case MEAN -> "avg(cast(" + column + " as double))";
            case MIN -> "min(" + column + ")";
            case MAX -> "max(" + column + ")";
            case STD -> deviation("stddev_samp", column);
            case VAR -> deviation("var_samp", column);
            case MEDIAN -> "median(cast(" + column + " as double))";
            case LIST -> throw new IllegalArgumentException("list of " + Objects.toString(column));
        };
    }

    private static boolean isPick(Step.Aggregate aggregate) {
        return aggregate.kind() == Step.Aggregate.Kind.FIRST || aggregate.kind() == Step.Aggregate.Kind.LAST;
    }
}

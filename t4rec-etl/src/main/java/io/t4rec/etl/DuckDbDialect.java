package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Renders steps as DuckDB SQL. Rows carry {@link #ROW}, their place in the input, which breaks ties of time. */
final class DuckDbDialect {
    static final String ROW = "__row";

    private static final String KEEP = "__keep";

    private final WorkflowConfig config;

    DuckDbDialect(WorkflowConfig config) {
        this.config = config;
    }

    /** Name of the table with the ids of a vocabulary, not yet quoted. */
    static String vocabularyTable(String name) {
        return "vocabulary " + name;
    }

    /**
     * A select over the relation that stands for the step.
     *
     * @param before schema of the relation
     */
    String select(Step step, String relation, Schema before) {
        if (step instanceof Step.Project project) {
            return project(project.columns(), relation, before);
        }
        if (step instanceof Step.Rename rename) {
            String columns = before.names().stream()
                    .map(name -> "t." + Database.identifier(name) + " as "
                            + Database.identifier(rename.names().getOrDefault(name, name)))
                    .collect(Collectors.joining(", "));
            return "select " + columns + ", t." + ROW + " from " + relation + " t";
        }
        if (step instanceof Step.Where where) {
            Rendering rendering = new Rendering();
            String predicate = rendering.render(where.predicate());
            return "select * exclude (" + KEEP + ") from (select t.*, " + predicate + " as " + KEEP + " from "
                    + relation + " t" + rendering.joins + ") where cast(" + KEEP + " as bool)";
        }
        return group((Step.Group) step, relation);
    }

    private String project(Map<String, Expr> changed, String relation, Schema before) {
        Rendering rendering = new Rendering();
        Map<String, String> columns = new LinkedHashMap<>();
        before.names().forEach(name -> columns.put(name, "t." + Database.identifier(name)));
        changed.forEach((name, expression) -> columns.put(name, rendering.render(expression)));
        String list = columns.entrySet().stream()
                .map(column -> column.getValue() + " as " + Database.identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        return "select " + list + ", t." + ROW + " from " + relation + " t" + rendering.joins;
    }

    /**
     * Sorts once; plain list aggregates then keep the order, as long as one thread runs them. Sessions come in order of their last
     * event: recency is what neighbourhood methods and splits by time ask for.
     */
    private String group(Step.Group group, String relation) {
        String session = Database.identifier(config.session());
        String columns = group.columns().entrySet().stream()
                .map(column -> aggregate(column.getValue()) + " as " + Database.identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        String time = Database.identifier(config.time());
        return "select " + columns + ", row_number() over (order by last(" + time + ") nulls last, min(" + ROW
                + ")) as "
                + ROW + " from (select * from " + relation + " order by " + session + ", " + time + ", " + ROW
                + ") group by " + session;
    }

    private static String aggregate(Step.Aggregate aggregate) {
        String column = Database.identifier(aggregate.column());
        return switch (aggregate.kind()) {
            case LIST -> "list(" + column + ")";
            case FIRST -> "first(" + column + ")";
            case LAST -> "last(" + column + ")";
            case COUNT -> "count(" + column + ")";
            case NUNIQUE -> "count(distinct " + column + ")";
        };
    }

    /** Renders the expressions of one select and collects the vocabularies it joins. */
    private final class Rendering {
        private final StringBuilder joins = new StringBuilder();
        private int lookups;

        String render(Expr expr) {
            if (expr instanceof Expr.Column column) {
                return "t." + Database.identifier(column.name());
            }
            if (expr instanceof Expr.Literal literal) {
                return literal(literal.value());
            }
            if (expr instanceof Expr.Lookup lookup) {
                String value = render(lookup.value());
                String alias = "v" + lookups++;
                joins.append(" left join ")
                        .append(Database.identifier(vocabularyTable(lookup.vocabulary())))
                        .append(' ')
                        .append(alias)
                        .append(" on ")
                        .append(alias)
                        .append(".value = ")
                        .append(value);
                return "case when " + value + " is null then " + Vocabulary.NULL + " else coalesce(" + alias + ".id, "
                        + Vocabulary.UNKNOWN + ") end";
            }
            if (expr instanceof Expr.Previous previous) {
                return "lag(" + render(previous.value()) + ") over (partition by t."
                        + Database.identifier(config.session()) + " order by t." + Database.identifier(config.time())
                        + ", t." + ROW + ")";
            }
            if (expr instanceof Expr.Slice slice) {
                return slice(slice);
            }
            return call((Expr.Call) expr);
        }

        private String slice(Expr.Slice slice) {
            String list = render(slice.list());
            String begin = slice.start() < 0
                    ? "greatest(len(" + list + ") + (" + slice.start() + "), 0) + 1"
                    : String.valueOf(slice.start() + 1);
            Long end = slice.end();
            String last = end == null
                    ? "len(" + list + ")"
                    : end < 0
                            ? "greatest(len(" + list + ") + (" + end + "), 0)"
                            : "least(len(" + list + "), " + end + ")";
            return "list_slice(" + list + ", " + begin + ", " + last + ")";
        }

        private String call(Expr.Call call) {
            List<String> a = new ArrayList<>();
            call.arguments().forEach(argument -> a.add(render(argument)));
            return switch (call.function()) {
                case SUBTRACT -> "(" + a.get(0) + " - " + a.get(1) + ")";
                case DIVIDE -> "(" + a.get(0) + " / " + a.get(1) + ")";
                case LOG1P -> "case when " + a.get(0) + " > -1 then ln(" + a.get(0) + " + 1) end";
                case GREATEST -> bounded("greatest", a);
                case LEAST -> bounded("least", a);
                case COALESCE -> "coalesce(" + String.join(", ", a) + ")";
                case DISTINCT -> "(" + a.get(0) + " is distinct from " + a.get(1) + ")";
                case EQUAL -> "cast(" + a.get(0) + " = " + a.get(1) + " as bigint)";
                case AT_LEAST -> "(" + a.get(0) + " >= " + a.get(1) + ")";
                case HOUR -> modulo("floor(" + a.get(0) + " / " + RequestFunctions.MICROS_PER_HOUR + ".0)", 24);
                case WEEKDAY ->
                    modulo(
                            "floor(" + a.get(0) + " / " + RequestFunctions.MICROS_PER_DAY + ".0) + "
                                    + RequestFunctions.WEEKDAY_OF_1970,
                            7);
                case LENGTH -> "len(" + a.get(0) + ")";
            };
        }

        private String bounded(String function, List<String> a) {
            return "case when " + a.get(0) + " is not null then " + function + "(" + String.join(", ", a) + ") end";
        }

        private String modulo(String value, int divisor) {
            return "((cast(" + value + " as bigint) % " + divisor + " + " + divisor + ") % " + divisor + ")";
        }
    }

    private static String literal(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Double number) {
            return "cast(" + Database.literal(number.toString()) + " as double)";
        }
        return value instanceof String text ? Database.literal(text) : "cast(" + value + " as bigint)";
    }
}

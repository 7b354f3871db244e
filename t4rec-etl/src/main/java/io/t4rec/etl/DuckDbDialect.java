package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Renders steps as DuckDB SQL. Rows carry {@link #ROW}, their place in the input, which breaks ties of time. */
final class DuckDbDialect {
    static final String ROW = "__row";

    static final String KEEP = "__keep";

    private final WorkflowConfig config;

    DuckDbDialect(WorkflowConfig config) {
        this.config = config;
    }

    /** Name of the table with fitted numbers, not yet quoted. */
    static String numbersTable(String name) {
        return "numbers " + name;
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
                    + relation + " t" + rendering.joins + ") where " + KEEP + " = 1";
        }
        throw new IllegalArgumentException("step: " + step + " (expected: no group; sort and group)");
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

    /** The rows of a relation by session and time, with what the group takes of them: other columns aren't even read. */
    String sorted(Step.Group group, String relation) {
        Set<String> needed = new LinkedHashSet<>(group.session());
        needed.add(config.time());
        group.columns().values().forEach(aggregate -> needed.add(aggregate.column()));
        return "select " + identifiers(List.copyOf(needed)) + ", " + ROW + " from " + relation + " order by "
                + identifiers(group.session()) + ", " + Database.identifier(config.time()) + ", " + ROW;
    }

    /**
     * One row a session of a relation that holds its rows in order; one thread must run it, to keep that order in lists. Sessions come
     * in order of their last event: recency is what neighbourhood methods ask for.
     */
    String group(Step.Group group, String relation) {
        String columns = group.columns().entrySet().stream()
                .map(column -> aggregate(column.getValue()) + " as " + Database.identifier(column.getKey()))
                .collect(Collectors.joining(", "));
        return "select " + columns + ", row_number() over (order by last(" + Database.identifier(config.time())
                + ") nulls last, min(" + ROW + ")) as " + ROW + " from " + relation + " group by "
                + identifiers(group.session());
    }

    private static String identifiers(List<String> names) {
        return names.stream().map(Database::identifier).collect(Collectors.joining(", "));
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
                String ids = join(vocabularyTable(lookup.vocabulary()), value);
                return id(value, ids + ".id");
            }
            if (expr instanceof Expr.LookupEach lookup) {
                return each(lookup);
            }
            if (expr instanceof Expr.LookupNumber lookup) {
                return join(numbersTable(lookup.numbers()), render(lookup.value())) + ".number";
            }
            if (expr instanceof Expr.Previous previous) {
                return "lag(" + render(previous.value()) + ") over " + inOrder(previous.session()) + ")";
            }
            if (expr instanceof Expr.SumSoFar sum) {
                return "cast(sum(" + render(sum.value()) + ") over " + inOrder(sum.session())
                        + " rows between unbounded preceding and current row) as bigint)";
            }
            if (expr instanceof Expr.Largest largest) {
                return "max(" + render(largest.value()) + ") over (partition by " + identifiers(largest.session())
                        + ")";
            }
            if (expr instanceof Expr.Slice slice) {
                return slice(slice);
            }
            return call((Expr.Call) expr);
        }

        /** Joins a fitted table by value and gives its alias. */
        private String join(String table, String value) {
            String alias = "v" + lookups++;
            joins.append(" left join ")
                    .append(Database.identifier(table))
                    .append(' ')
                    .append(alias)
                    .append(" on ")
                    .append(alias)
                    .append(".value = ")
                    .append(value);
            return alias;
        }

        private static String id(String value, String found) {
            return "case when " + value + " is null then " + Vocabulary.NULL + " else coalesce(" + found + ", "
                    + Vocabulary.UNKNOWN + ") end";
        }

        private String each(Expr.LookupEach lookup) {
            String list = render(lookup.list());
            return "coalesce((select list(" + id("e.element", "v.id") + " order by e.place) from (select unnest(" + list
                    + ") as element, generate_subscripts(" + list + ", 1) as place) e left join "
                    + Database.identifier(vocabularyTable(lookup.vocabulary()))
                    + " v on v.value = e.element), cast([] as bigint[]))";
        }

        private String inOrder(List<String> session) {
            return "(partition by " + identifiers(session) + " order by t." + Database.identifier(config.time())
                    + ", t." + ROW;
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
                case HOUR -> "(" + sinceMidnight(a.get(0)) + " // " + RequestFunctions.MICROS_PER_HOUR + ")";
                case WEEKDAY ->
                    modulo(
                            "((" + a.get(0) + " - " + sinceMidnight(a.get(0)) + ") // "
                                    + RequestFunctions.MICROS_PER_DAY + " + " + RequestFunctions.WEEKDAY_OF_1970 + ")",
                            7);
                case LENGTH -> "len(" + a.get(0) + ")";
            };
        }

        private static String bounded(String function, List<String> a) {
            return "case when " + a.get(0) + " is not null then " + function + "(" + String.join(", ", a) + ") end";
        }

        private static String truth(String condition) {
            return "cast((" + condition + ") as bigint)";
        }

        private static String sinceMidnight(String micros) {
            return modulo(micros, RequestFunctions.MICROS_PER_DAY);
        }

        /** The rest of a division, not negative. */
        private static String modulo(String value, long divisor) {
            return "((" + value + " % " + divisor + " + " + divisor + ") % " + divisor + ")";
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

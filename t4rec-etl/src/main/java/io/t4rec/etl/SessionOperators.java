package io.t4rec.etl;

import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators on sessions: which events and sessions stay, and how events become sequences. */
public final class SessionOperators {
    private SessionOperators() {}

    /** An operator on sessions. */
    public sealed interface SequenceOperator extends Operator {}

    /** Of consecutive events with the same item in a session, keeps the first. */
    public record DropConsecutiveRepeats() implements SequenceOperator {
        @Override
        public Built build(BuildContext context) {
            context.scalar("drop-consecutive-repeats", context.workflow().item());
            Expr item = Expr.column(context.workflow().item());
            Expr changes = Expr.call(Expr.Function.DISTINCT, item, new Expr.Previous(item));
            return new Built(List.of(new Step.Where(changes, false)), context.schema());
        }
    }

    /**
     * Drops events whose value is rare in the data it was fitted on. Data sets only: a request keeps its events.
     *
     * @param column whose values are counted
     * @param min fewest events of a value that stays
     */
    public record MinSupport(String column, int min) implements SequenceOperator {
        @Override
        public void fit(FitContext context) {
            String name = context.require("min-support", column);
            Table table = context.database()
                    .query("select " + name + " as value, count(*) as count from " + context.relation() + " where "
                            + name + " is not null group by 1 having count(*) >= " + min + " order by 2 desc, 1");
            List<Object> values = new ArrayList<>();
            for (int row = 0; row < table.rowCount(); row++) {
                Object value = table.column("value").value(row);
                if (value != null) {
                    values.add(value);
                }
            }
            context.state()
                    .vocabularies()
                    .put(
                            context.key(column, "support"),
                            new Vocabulary(values, table.longs("count").values()));
        }

        @Override
        public Built build(BuildContext context) {
            context.scalar("min-support", column);
            Expr id = new Expr.Lookup(context.key(column, "support"), Expr.column(column));
            Expr frequent = Expr.call(Expr.Function.AT_LEAST, id, Expr.literal(Vocabulary.FIRST));
            return new Built(List.of(new Step.Where(frequent, true)), context.schema());
        }
    }

    /**
     * One row a session. Lists come in order of time; equal times keep the order of the data.
     *
     * @param aggregations by column: any of list, first, last, count, nunique. A single one keeps the column's name, several
     *     are named {@code column-aggregation}
     */
    public record Groupby(Map<String, List<String>> aggregations) implements SequenceOperator {
        @Override
        public Built build(BuildContext context) {
            String session = context.workflow().session();
            Map<String, Step.Aggregate> columns = new LinkedHashMap<>();
            List<ColumnSchema> schema = new ArrayList<>();
            columns.put(session, new Step.Aggregate(Step.Aggregate.Kind.FIRST, session));
            schema.add(context.scalar("groupby", session));
            aggregations.forEach((column, kinds) -> {
                ColumnSchema input = context.scalar("groupby", column);
                for (String kind : kinds) {
                    Step.Aggregate.Kind aggregate = kind(kind);
                    String name = kinds.size() == 1 ? column : column + "-" + kind;
                    columns.put(name, new Step.Aggregate(aggregate, column));
                    schema.add(output(input.withName(name), aggregate));
                }
            });
            return new Built(List.of(new Step.Group(columns)), Schema.of(schema));
        }

        private static Step.Aggregate.Kind kind(String name) {
            for (Step.Aggregate.Kind kind : Step.Aggregate.Kind.values()) {
                if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return kind;
                }
            }
            List<String> known = Arrays.stream(Step.Aggregate.Kind.values())
                    .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                    .toList();
            throw new ConfigException("groupby: " + name + " (expected: " + Names.expectation(name, known) + ")");
        }

        private static ColumnSchema output(ColumnSchema input, Step.Aggregate.Kind kind) {
            return switch (kind) {
                case LIST -> input.withShape(ColumnShape.ragged()).withTags(Tag.LIST);
                case FIRST, LAST -> input;
                default -> ColumnSchema.scalar(input.name(), DType.INT64);
            };
        }
    }

    /**
     * Part of every list, by Python's slice rules: start -20 keeps the newest 20 events.
     *
     * @param start first element; negative counts from the end
     * @param end element after the last; null for the end of the list
     */
    public record ListSlice(long start, @Nullable Long end) implements SequenceOperator {
        @Override
        public Built build(BuildContext context) {
            Map<String, Expr> columns = new LinkedHashMap<>();
            List<ColumnSchema> schema = new ArrayList<>();
            for (ColumnSchema column : context.schema().columns()) {
                if (column.isList()) {
                    columns.put(column.name(), new Expr.Slice(Expr.column(column.name()), start, end));
                    long max = end == null && start < 0 ? -start : 0;
                    schema.add(column.withShape(ColumnShape.ragged(0, max)));
                } else {
                    schema.add(column);
                }
            }
            if (columns.isEmpty()) {
                throw new ConfigException("operator " + context.number()
                        + " (list-slice): no list column (expected: a groupby with lists before it)");
            }
            return new Built(List.of(new Step.Project(columns)), Schema.of(schema));
        }
    }

    /** Drops sessions with fewer events than {@code min}. Data sets only: a request may hold one event. */
    public record SessionLengthFilter(int min) implements SequenceOperator {
        @Override
        public Built build(BuildContext context) {
            String item = context.workflow().item();
            if (!context.require("session-length-filter", item).isList()) {
                throw new ConfigException("operator " + context.number() + " (session-length-filter), column " + item
                        + ": no list (expected: a groupby with lists before it)");
            }
            Expr length = Expr.call(Expr.Function.LENGTH, Expr.column(item));
            Expr enough = Expr.call(Expr.Function.AT_LEAST, length, Expr.literal((long) min));
            return new Built(List.of(new Step.Where(enough, true)), context.schema());
        }
    }
}

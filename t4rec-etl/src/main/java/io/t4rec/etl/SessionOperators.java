package io.t4rec.etl;

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

    /**
     * Cuts a user's events into sessions: a new one begins after an idle gap. The workflow's session column then holds the user; the
     * new column {@value #COLUMN} counts the user's sessions from 1, and both together tell sessions apart from here on. A request
     * keeps each user's newest session only, so it has one answer a user.
     *
     * @param gapSeconds a session ends when the next event comes more than this later; at least 1
     */
    public record Sessionize(long gapSeconds) implements SequenceOperator {
        /** Name of the new column. */
        public static final String COLUMN = "session_number";

        /** Property of that column. */
        static final String NUMBER_OF_SESSION = "number_of_session";

        private static final String OPERATOR = "sessionize";
        private static final long MICROS_PER_SECOND = 1_000_000;

        /** Longest gap: a hundred years. */
        private static final long MAX_GAP = 100L * 366 * 24 * 3600;

        /** @throws ConfigException for a gap out of range */
        public Sessionize {
            if (gapSeconds < 1 || gapSeconds > MAX_GAP) {
                throw new ConfigException(
                        OPERATOR + ": gapSeconds " + gapSeconds + " (expected: 1 to " + MAX_GAP + ")");
            }
        }

        @Override
        public Built build(Input input, FittedState state) {
            input.scalar(OPERATOR, input.workflow().session());
            input.scalar(OPERATOR, input.workflow().time());
            input.requireNew(OPERATOR, COLUMN);
            List<String> user = input.session();
            Expr time = Expr.column(input.workflow().time());
            Expr gap = Expr.call(Expr.Function.SUBTRACT, time, new Expr.Previous(time, user));
            Expr idle = Expr.call(Expr.Function.AT_LEAST, gap, Expr.literal(gapSeconds * MICROS_PER_SECOND + 1));
            Expr begins = Expr.call(Expr.Function.COALESCE, idle, Expr.literal(1L));
            Expr number = Expr.column(COLUMN);
            return new Built(
                    List.of(
                            new Step.Project(Map.of(COLUMN, begins)),
                            new Step.Project(Map.of(COLUMN, new Expr.SumSoFar(number, user))),
                            new Step.Where(
                                    Expr.call(Expr.Function.EQUAL, number, new Expr.Largest(number, user)),
                                    Step.Scope.REQUESTS)),
                    input.schema()
                            .plus(Schema.of(ColumnSchema.scalar(COLUMN, DType.INT64)
                                    .withProperties(Map.of(NUMBER_OF_SESSION, true)))));
        }

        /** Whether rows have a number made by an operator before, of another workflow too. */
        static boolean divides(Schema schema) {
            return schema.contains(COLUMN)
                    && schema.get(COLUMN).properties().containsKey(NUMBER_OF_SESSION)
                    && !schema.get(COLUMN).isList();
        }
    }

    /** Of consecutive events with the same item in a session, keeps the first. */
    public record DropConsecutiveRepeats() implements SequenceOperator {
        @Override
        public Built build(Input input, FittedState state) {
            input.scalar("drop-consecutive-repeats", input.workflow().item());
            Expr item = Expr.column(input.workflow().item());
            Expr changes = Expr.call(Expr.Function.DISTINCT, item, new Expr.Previous(item, input.session()));
            // what is before a session's first event is null, as its item may be
            Expr follows = Expr.call(
                    Expr.Function.DISTINCT, new Expr.Previous(Expr.literal(1L), input.session()), Expr.literal(null));
            Expr kept = Expr.call(Expr.Function.AT_LEAST, changes, follows);
            return new Built(List.of(new Step.Where(kept, Step.Scope.EVERYWHERE)), input.schema());
        }
    }

    /**
     * Drops events whose value is rare in the data it was fitted on, and those without value. Data sets only: a request keeps its
     * events.
     *
     * @param column integers or text, whose values are counted
     * @param min fewest events of a value that stays, at least 1
     */
    public record MinSupport(String column, int min) implements SequenceOperator {
        private static final String OPERATOR = "min-support";

        /** @throws ConfigException without column and for a bound below 1 */
        public MinSupport {
            if (column == null || min < 1) {
                throw new ConfigException(
                        OPERATOR + ": column " + column + ", min " + min + " (expected: a column, min >= 1)");
            }
        }

        @Override
        public boolean needsData() {
            return true;
        }

        @Override
        public List<Statistic> statistics(Input input) {
            if (input.scalar(OPERATOR, column).dtype().isFloating()) {
                throw input.refusal(OPERATOR, column, "numbers", "integers or text");
            }
            return List.of(Statistic.Counts.of(input.key(column, "support"), column, min, 0));
        }

        @Override
        public Built build(Input input, FittedState state) {
            input.scalar(OPERATOR, column);
            state.vocabulary(input.key(column, "support"));
            Expr id = new Expr.Lookup(input.key(column, "support"), Expr.column(column));
            Expr frequent = Expr.call(Expr.Function.AT_LEAST, id, Expr.literal(Vocabulary.FIRST));
            return new Built(List.of(new Step.Where(frequent, Step.Scope.DATA_SETS)), input.schema());
        }
    }

    /**
     * One row a session, or another group. Groups are whole, however the data lies; lists come in order of time; equal times keep the
     * order of the data. Rows without a key are left out. Groups come in order of their last event.
     *
     * @param aggregations by column, or by pattern, tag or type for those neither named nor keys: any of list, first, last, count,
     *     nunique, and of numbers sum, mean, min, max, std, var, median. A single one keeps the column's name, several are named {@code
     *     column-aggregation}
     * @param by columns that tell groups apart; default those of the session
     * @param sort columns that order the events of a group, nulls last; default the time
     * @param descending whether that order falls; default false
     */
    public record Groupby(
            Map<String, List<String>> aggregations, List<String> by, List<String> sort, boolean descending)
            implements SequenceOperator {
        private static final String OPERATOR = "groupby";

        /** @throws ConfigException for an unknown aggregation */
        public Groupby {
            if (aggregations == null) {
                throw new ConfigException(OPERATOR + ": no aggregations (expected: lists of them by column)");
            }
            aggregations.forEach((column, kinds) -> {
                if (kinds == null || kinds.isEmpty()) {
                    throw new ConfigException(OPERATOR + ": aggregations of " + column
                            + ": none (expected: a list such as [list, last])");
                }
                kinds.forEach(Groupby::kind);
            });
            by = by == null ? List.of() : List.copyOf(by);
            sort = sort == null ? List.of() : List.copyOf(sort);
        }

        /** One row a session, in order of time. */
        public Groupby(Map<String, List<String>> aggregations) {
            this(aggregations, List.of(), List.of(), false);
        }

        @Override
        public Built build(Input input, FittedState state) {
            List<String> keys = by.isEmpty() ? input.session() : input.keys(OPERATOR, by);
            Map<String, Step.Aggregate> columns = new LinkedHashMap<>();
            List<ColumnSchema> schema = new ArrayList<>();
            for (String key : keys) {
                columns.put(key, aggregate(Step.Aggregate.Kind.FIRST, input.scalar(OPERATOR, key)));
                schema.add(input.scalar(OPERATOR, key));
            }
            byColumn(input, keys).forEach((column, kinds) -> {
                for (String kind : kinds) {
                    Step.Aggregate.Kind aggregate = kind(kind);
                    ColumnSchema found = suited(input, column, aggregate);
                    String name = kinds.size() == 1 ? column : column + "-" + kind;
                    if (columns.put(name, aggregate(aggregate, found)) != null) {
                        throw input.refusal(OPERATOR, name, "twice in the result", "names that differ");
                    }
                    schema.add(output(found.withName(name), aggregate));
                }
            });
            List<Step> steps = new ArrayList<>();
            keys.stream()
                    .filter(key -> !input.workflow().session().equals(key))
                    .map(key -> Expr.call(Expr.Function.DISTINCT, Expr.column(key), Expr.literal(null)))
                    .forEach(present -> steps.add(new Step.Where(present, Step.Scope.EVERYWHERE)));
            steps.add(new Step.Group(keys, order(input), descending, columns));
            return new Built(steps, Schema.of(schema));
        }

        /** What is made of each column; a pattern chooses those that are neither named themselves nor keys. */
        private Map<String, List<String>> byColumn(Input input, List<String> keys) {
            Map<String, List<String>> byColumn = new LinkedHashMap<>();
            aggregations.forEach((entry, kinds) -> {
                for (String column : input.select(OPERATOR, List.of(entry))) {
                    boolean others = !column.equals(entry);
                    if (others && (keys.contains(column) || aggregations.containsKey(column))) {
                        continue;
                    }
                    if (byColumn.put(column, kinds) != null) {
                        throw input.refusal(OPERATOR, column, "chosen twice by aggregations", "one entry for a column");
                    }
                }
            });
            return byColumn;
        }

        private List<String> order(Input input) {
            ColumnSchema time = input.schema().find(input.workflow().time());
            List<String> order = new ArrayList<>(input.select(OPERATOR, sort));
            order.forEach(column -> input.scalar(OPERATOR, column));
            if (time != null && !time.isList() && !order.contains(time.name())) {
                order.add(time.name());
            }
            return order;
        }

        private static Step.Aggregate aggregate(Step.Aggregate.Kind kind, ColumnSchema column) {
            return new Step.Aggregate(kind, column.name(), column.dtype().isInteger() || column.dtype() == DType.BOOL);
        }

        private static ColumnSchema suited(Input input, String column, Step.Aggregate.Kind kind) {
            boolean picks = kind == Step.Aggregate.Kind.FIRST || kind == Step.Aggregate.Kind.LAST;
            ColumnSchema found = picks ? input.require(OPERATOR, column) : input.scalar(OPERATOR, column);
            if (kind.compareTo(Step.Aggregate.Kind.SUM) >= 0 && found.dtype() == DType.STRING) {
                throw input.refusal(
                        OPERATOR, column, "text", "numbers for " + kind.name().toLowerCase(Locale.ROOT));
            }
            return found;
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
                case FIRST, LAST, MIN, MAX -> input;
                case COUNT, NUNIQUE -> ColumnSchema.scalar(input.name(), DType.INT64);
                case SUM -> ColumnSchema.scalar(input.name(), input.dtype().isFloating() ? DType.FLOAT64 : DType.INT64);
                default -> ColumnSchema.scalar(input.name(), DType.FLOAT64).withTags(Tag.CONTINUOUS);
            };
        }
    }

    /**
     * Part of lists, by Python's slice rules: start -20 keeps the newest 20 events.
     *
     * @param start first element; negative counts from the end
     * @param end element after the last; null for the end of the list
     * @param padTo length that shorter lists are filled to on the right; default 0 fills none
     * @param padValue in the new places of numbers; default 0. Text is not filled
     * @param columns lists; default all there are
     */
    public record ListSlice(long start, @Nullable Long end, int padTo, double padValue, List<String> columns)
            implements SequenceOperator {
        private static final String OPERATOR = "list-slice";

        /** @throws ConfigException for places beyond 32 bits, and for a negative length or a value that is not finite */
        public ListSlice {
            if ((int) start != start || (end != null && end.intValue() != end)) {
                throw new ConfigException(
                        OPERATOR + ": start " + start + ", end " + end + " (expected: places within 32 bits)");
            }
            if (padTo < 0 || !Double.isFinite(padValue)) {
                throw new ConfigException(OPERATOR + ": padTo " + padTo + ", padValue " + padValue
                        + " (expected: a length >= 0, a finite value)");
            }
            columns = columns == null ? List.of() : List.copyOf(columns);
        }

        /** Of all lists. */
        public ListSlice(long start, @Nullable Long end, int padTo, double padValue) {
            this(start, end, padTo, padValue, List.of());
        }

        /** Of all lists, without filling. */
        public ListSlice(long start, @Nullable Long end) {
            this(start, end, 0, 0);
        }

        @Override
        public Built build(Input input, FittedState state) {
            Map<String, Expr> sliced = new LinkedHashMap<>();
            List<ColumnSchema> schema = new ArrayList<>();
            List<String> chosen = chosen(input);
            for (ColumnSchema column : input.schema().columns()) {
                if (chosen.contains(column.name())) {
                    Expr slice = new Expr.Slice(Expr.column(column.name()), start, end);
                    sliced.put(column.name(), padTo > 0 ? new Expr.Pad(slice, padTo, filler(input, column)) : slice);
                    schema.add(column.withShape(shape()).withTags(Tag.LIST));
                } else {
                    schema.add(column);
                }
            }
            return new Built(List.of(new Step.Project(sliced)), Schema.of(schema));
        }

        private List<String> chosen(Input input) {
            if (columns.isEmpty()) {
                List<String> lists = input.schema().filter(ColumnSchema::isList).names();
                if (lists.isEmpty()) {
                    throw new ConfigException("operator " + input.number()
                            + " (list-slice): no list column (expected: a groupby with lists before it)");
                }
                return lists;
            }
            List<String> chosen = input.select(OPERATOR, columns);
            for (String column : chosen) {
                if (!input.schema().get(column).isList()) {
                    throw input.refusal(OPERATOR, column, "no list", "lists; a groupby makes them");
                }
            }
            return chosen;
        }

        private Expr.Literal filler(Input input, ColumnSchema column) {
            boolean whole = padValue == Math.rint(padValue) && Math.abs(padValue) < Long.MAX_VALUE;
            boolean unfit = column.dtype() == DType.BOOL && padValue != 0 && padValue != 1;
            if (unfit || column.dtype() == DType.STRING || !(column.dtype().isFloating() || whole)) {
                throw input.refusal(
                        OPERATOR,
                        column.name(),
                        column.dtype() + ", padValue " + padValue,
                        "numbers of the value's type");
            }
            return new Expr.Literal(column.dtype().isFloating() ? (Object) padValue : (Object) (long) padValue);
        }

        /** All lists have one length when none can be longer than they are filled to. */
        private ColumnShape shape() {
            long max = longest();
            return padTo > 0 && max > 0 && max <= padTo ? ColumnShape.fixed(padTo) : ColumnShape.ragged(padTo, max);
        }

        /** Most elements that a slice can have; 0 when there is no bound. */
        private long longest() {
            if (end == null) {
                return start < 0 ? -start : 0;
            }
            if (start < 0 == end < 0) {
                return Math.max(0, end - start);
            }
            return end < 0 ? 0 : Math.min(end, -start);
        }
    }

    /** Drops sessions with fewer events than {@code min}. Data sets only: a request may hold one event. */
    public record SessionLengthFilter(int min) implements SequenceOperator {
        /** @throws ConfigException for a bound below 1 */
        public SessionLengthFilter {
            if (min < 1) {
                throw new ConfigException("session-length-filter: min " + min + " (expected: >= 1)");
            }
        }

        @Override
        public Built build(Input input, FittedState state) {
            String item = input.workflow().item();
            if (!input.require("session-length-filter", item).isList()) {
                throw new ConfigException("operator " + input.number() + " (session-length-filter), column " + item
                        + ": no list (expected: a groupby with lists before it)");
            }
            Expr length = Expr.call(Expr.Function.LENGTH, Expr.column(item));
            Expr enough = Expr.call(Expr.Function.AT_LEAST, length, Expr.literal((long) min));
            return new Built(List.of(new Step.Where(enough, Step.Scope.DATA_SETS)), input.schema());
        }
    }
}

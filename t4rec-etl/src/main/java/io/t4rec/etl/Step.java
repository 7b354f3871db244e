package io.t4rec.etl;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** One relational step of a workflow, independent of the engine that runs it. */
public sealed interface Step {
    /** Where a step runs. */
    enum Scope {
        EVERYWHERE,
        /** Not in requests, which must not lose events or short sessions. */
        DATA_SETS,
        /** Not on data sets: only the session that an answer is for. */
        REQUESTS,
        /** On the data that the workflow is fitted on alone, where a row must not see its own target. */
        TRAINING_DATA,
        /** Everywhere but there. */
        NOT_TRAINING_DATA;

        /** Whether a step of this scope runs at a place. */
        public boolean includes(Place place) {
            return switch (this) {
                case EVERYWHERE -> true;
                case DATA_SETS -> place != Place.REQUEST;
                case REQUESTS -> place == Place.REQUEST;
                case TRAINING_DATA -> place == Place.TRAINING_DATA;
                case NOT_TRAINING_DATA -> place != Place.TRAINING_DATA;
            };
        }
    }

    /** What a workflow runs on. */
    enum Place {
        /** The data it is fitted on. */
        TRAINING_DATA,
        /** Another data set. */
        DATA_SET,
        /** A request. */
        REQUEST
    }

    /** Where the step runs; {@link Scope#EVERYWHERE} unless said otherwise. */
    default Scope scope() {
        return Scope.EVERYWHERE;
    }

    /**
     * Names of the columns after the step, in order.
     *
     * @param before those before it
     */
    List<String> columnsAfter(List<String> before);

    /** Whether running the step twice, for two readers of its result, is worse than keeping its result. */
    boolean isCostly();

    /** Whether the step makes or looks at values; otherwise it only moves them, whatever their types. */
    default boolean computes() {
        return true;
    }

    /** Adds or replaces columns, all computed from the columns before the step. */
    record Project(Map<String, Expr> columns, Scope scope) implements Step {
        /** Everywhere. */
        Project(Map<String, Expr> columns) {
            this(columns, Scope.EVERYWHERE);
        }

        @Override
        public List<String> columnsAfter(List<String> before) {
            Set<String> names = new LinkedHashSet<>(before);
            names.addAll(columns.keySet());
            return List.copyOf(names);
        }

        @Override
        public boolean isCostly() {
            return columns.values().stream().anyMatch(Expr::isCostly);
        }

        @Override
        public boolean computes() {
            return !columns.values().stream()
                    .allMatch(value -> value instanceof Expr.Slice slice && slice.list() instanceof Expr.Column);
        }
    }

    /**
     * Renames columns.
     *
     * @param names new name by old
     */
    record Rename(Map<String, String> names) implements Step {
        @Override
        public List<String> columnsAfter(List<String> before) {
            return before.stream().map(name -> names.getOrDefault(name, name)).toList();
        }

        @Override
        public boolean isCostly() {
            return false;
        }

        @Override
        public boolean computes() {
            return false;
        }
    }

    /** Keeps these columns, in this order. */
    record Select(List<String> columns) implements Step {
        @Override
        public List<String> columnsAfter(List<String> before) {
            return columns;
        }

        @Override
        public boolean isCostly() {
            return false;
        }

        @Override
        public boolean computes() {
            return false;
        }
    }

    /** Keeps rows for which the predicate is 1. */
    record Where(Expr predicate, Scope scope) implements Step {
        @Override
        public List<String> columnsAfter(List<String> before) {
            return before;
        }

        @Override
        public boolean isCostly() {
            return Expr.isCostly(predicate);
        }
    }

    /**
     * One row a group, columns in the given order; lists are in the order of the events.
     *
     * @param session columns that tell groups apart
     * @param order columns that the events of a group are ordered by, nulls last; their place breaks ties
     * @param descending whether they fall
     */
    record Group(List<String> session, List<String> order, boolean descending, Map<String, Aggregate> columns)
            implements Step {
        /** Columns that are sums of others. */
        public List<String> sums() {
            return columns.keySet().stream()
                    .filter(name -> Objects.requireNonNull(columns.get(name)).kind() == Aggregate.Kind.SUM)
                    .toList();
        }

        @Override
        public List<String> columnsAfter(List<String> before) {
            return List.copyOf(columns.keySet());
        }

        @Override
        public boolean isCostly() {
            return true;
        }
    }

    /**
     * How a column of a group is made from a column of its events.
     *
     * @param integers whether the column holds integers, so that their sum is one
     */
    record Aggregate(Kind kind, String column, boolean integers) {
        /** From this size on, the squares of many numbers may be beyond a double, so that their deviation and variance are null. */
        public static final double TOO_LARGE_TO_SQUARE = 1e140;

        /** Kinds of aggregates. Nulls stay in lists and may be first or last; otherwise they don't count, and none gives null. */
        public enum Kind {
            LIST,
            FIRST,
            LAST,
            COUNT,
            NUNIQUE,
            SUM,
            MEAN,
            MIN,
            MAX,
            /** Of the sample, n - 1. */
            STD,
            /** Of the sample, n - 1. */
            VAR,
            /** The mean of the two values in the middle of an even number. */
            MEDIAN
        }
    }
}

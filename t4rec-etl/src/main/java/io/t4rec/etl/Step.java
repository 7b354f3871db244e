package io.t4rec.etl;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One relational step of a workflow, independent of the engine that runs it. */
public sealed interface Step {
    /** Where a step runs. */
    enum Scope {
        EVERYWHERE,
        /** Not in requests, which must not lose events or short sessions. */
        DATA_SETS,
        /** Not on data sets: only the session that an answer is for. */
        REQUESTS
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

    /** Adds or replaces columns, all computed from the columns before the step. */
    record Project(Map<String, Expr> columns) implements Step {
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
     * One row a session, columns in the given order; lists are in order of time.
     *
     * @param session columns that tell sessions apart
     */
    record Group(List<String> session, Map<String, Aggregate> columns) implements Step {
        @Override
        public List<String> columnsAfter(List<String> before) {
            return List.copyOf(columns.keySet());
        }

        @Override
        public boolean isCostly() {
            return true;
        }
    }

    /** How a column of a group is made from a column of its events. */
    record Aggregate(Kind kind, String column) {
        /** Kinds of aggregates. */
        public enum Kind {
            LIST,
            FIRST,
            LAST,
            COUNT,
            NUNIQUE
        }
    }
}

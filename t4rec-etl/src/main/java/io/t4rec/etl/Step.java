package io.t4rec.etl;

import java.util.Map;

/** One relational step of a workflow, independent of the engine that runs it. */
sealed interface Step {
    /** Whether the step is for data sets only: a request must not lose events or short sessions. */
    boolean dataSetOnly();

    /** Adds or replaces columns, all computed from the columns before the step. */
    record Project(Map<String, Expr> columns) implements Step {
        @Override
        public boolean dataSetOnly() {
            return false;
        }
    }

    /**
     * Renames columns.
     *
     * @param names new name by old
     */
    record Rename(Map<String, String> names) implements Step {
        @Override
        public boolean dataSetOnly() {
            return false;
        }
    }

    /** Keeps rows for which the predicate is true. */
    record Where(Expr predicate, boolean dataSetOnly) implements Step {}

    /** One row a session, columns in the given order; lists are in order of time. */
    record Group(Map<String, Aggregate> columns) implements Step {
        @Override
        public boolean dataSetOnly() {
            return false;
        }
    }

    /** How a column of a group is made from a column of its events. */
    record Aggregate(Kind kind, String column) {
        /** Kinds of aggregates. */
        enum Kind {
            LIST,
            FIRST,
            LAST,
            COUNT,
            NUNIQUE
        }
    }
}

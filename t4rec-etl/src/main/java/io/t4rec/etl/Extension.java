package io.t4rec.etl;

import java.util.List;

/**
 * A workflow fitted further on new data, and what grew. Ids that were given stay; new values have the ids behind them.
 *
 * @param workflow the extended one; the old one is as it was
 * @param changes one for each thing that fitting finds out
 */
public record Extension(Workflow workflow, List<Change> changes) {
    /**
     * What became of something fitted.
     *
     * @param name of the vocabulary, the column with ids at first; or {@code operator number.column.purpose}
     * @param kind what it is
     * @param before its size: ids from 0, groups, or values counted
     * @param after its size now
     */
    public record Change(String name, Kind kind, long before, long after) {
        /** What can grow. */
        public enum Kind {
            /** Ids: an embedding table with {@code before} rows needs {@code after} rows. */
            VOCABULARY,
            /** Groups, values with a number, values frequent enough to stay. */
            GROUPS,
            /** Values that a mean, a deviation or a range was found from. */
            STATISTIC,
            /** As it was: a median, a given vocabulary, a table beside the events, ids of a single table. */
            KEPT
        }

        /** Whether an embedding table must grow. */
        public boolean growsTable() {
            return kind == Kind.VOCABULARY && after > before;
        }
    }

    /** Vocabularies whose embedding tables must grow. */
    public List<Change> growingTables() {
        return changes.stream().filter(Change::growsTable).toList();
    }
}

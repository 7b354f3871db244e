package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.DataException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a piece of fitted state holds: in memory, or in files that are read when it is asked for. */
sealed interface Content<T> {
    /** In memory. */
    T get();

    /** Where it lies; null for memory alone. */
    @Nullable
    StoredTable stored();

    /** In memory from the beginning. */
    record InMemory<T>(T get) implements Content<T> {
        @Override
        public @Nullable StoredTable stored() {
            return null;
        }
    }

    /** In files; read once, safely for many threads. */
    final class Stored<T> implements Content<T> {
        private final StoredTable table;
        private final String order;
        private final Function<Table, T> reader;
        private volatile @Nullable T read;

        /**
         * A table that is read when it is asked for.
         *
         * @param order column of the table that orders its rows
         */
        Stored(StoredTable table, String order, Function<Table, T> reader) {
            this.table = table;
            this.order = order;
            this.reader = reader;
        }

        @Override
        public StoredTable stored() {
            return table;
        }

        /** @throws DataException when the files can't be read */
        @Override
        public T get() {
            T known = read;
            return known == null ? load() : known;
        }

        private synchronized T load() {
            T known = read;
            if (known == null) {
                known = table.read(path -> {
                    try (Database database = Database.openInOrder()) {
                        return reader.apply(
                                database.query("select * from " + StateTables.relation(path) + " order by " + order));
                    }
                });
                read = known;
            }
            return known;
        }
    }
}

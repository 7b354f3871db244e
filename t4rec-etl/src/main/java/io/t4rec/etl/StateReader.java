package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Function;

/** Reads fitted state from the files of a workflow, and checks it. Large tables are checked and stay where they are. */
final class StateReader {
    private final Database database;
    private final Path directory;
    private final long inMemory;

    /** @param inMemory most rows of a table that are read */
    StateReader(Database database, Path directory, long inMemory) {
        this.database = database;
        this.directory = directory;
        this.inMemory = inMemory;
    }

    Vocabulary vocabulary(WorkflowFiles.StateFile file) {
        IdLayout layout = file.layoutOrUsual();
        String inOrder = " and count(distinct id) = count(*) and min(id) = " + layout.first()
                + " and max(id) - min(id) + 1 = count(*)";
        return read(
                file,
                "id",
                "value",
                inOrder + " and count(count) = count(*) and min(count) >= 0",
                table -> StateTables.vocabulary(table, file.text(), layout),
                stored -> new Vocabulary(stored, file.text(), layout));
    }

    KeyedNumbers numbers(WorkflowFiles.StateFile file) {
        return read(
                file,
                "value",
                "value",
                " and count(number) = count(*)",
                table -> StateTables.numbers(table, file.text()),
                stored -> new KeyedNumbers(stored, file.text()));
    }

    KeyedTable table(WorkflowFiles.StateFile file) {
        return read(
                file,
                KeyedTable.KEY,
                KeyedTable.KEY,
                "",
                KeyedTable::new,
                stored -> new KeyedTable(stored, file.text()));
    }

    /**
     * Reads a table, or leaves it.
     *
     * @param key column whose values are of the type that the description tells, each once
     * @param condition further one, an aggregate, on a table that stays
     */
    private <T> T read(
            WorkflowFiles.StateFile file,
            String order,
            String key,
            String condition,
            Function<Table, T> reader,
            Function<StoredTable, T> stored) {
        if (file.file() == null
                || !Path.of(file.file()).equals(Path.of(file.file()).getFileName())) {
            throw new ModelFormatException(directory.resolve(WorkflowFiles.DESCRIPTION) + ": file " + file.file()
                    + " (expected: a file of the workflow)");
        }
        Path path = directory.resolve(file.file());
        String relation = StateTables.relation(path);
        try {
            long rows = database.number("select count(*) from " + relation);
            if (rows <= inMemory) {
                return reader.apply(database.query("select * from " + relation + " order by " + order));
            }
            String type = file.text() ? "VARCHAR" : "BIGINT";
            long sound = database.number("select cast(count(distinct " + key + ") = count(*) and any_value(typeof("
                    + key + ")) = '" + type + "'" + condition + " as integer) from " + relation);
            if (sound != 1) {
                throw new DataException(
                        "column " + key + ": twice, missing, no " + type + ", ids with gaps, or counts below 0");
            }
            return stored.apply(StoredTable.LocalFile.of(path, rows));
        } catch (DataException e) {
            throw new ModelFormatException(path + ": damaged (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": can't be read", e);
        }
    }
}

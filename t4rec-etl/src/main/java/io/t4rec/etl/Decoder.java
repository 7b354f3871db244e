package io.t4rec.etl;

import io.t4rec.data.DataFiles;
import io.t4rec.data.DataSource;
import io.t4rec.data.DataTable;
import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the raw values of ids in files. */
final class Decoder {
    private final Schema output;
    private final FittedState state;

    /** @param output schema of the columns with ids */
    Decoder(Schema output, FittedState state) {
        this.output = output;
        this.state = state;
    }

    long decode(DataSource sequences, Path target, DatabaseSettings settings) throws IOException {
        DataFiles.requireApart(sequences, target);
        try (Database database = Database.open(settings, 0)) {
            Schema columns = known(DataTable.columns(database, sequences));
            DataTable table = DataTable.open(database, sequences, columns);
            Map<String, Expr> decoded = expressions(database, columns, table);
            if (decoded.isEmpty()) {
                throw new ConfigException("decode: " + sequences + " has columns " + columns.names()
                        + " (expected: one with ids of the workflow)");
            }
            SqlDialect dialect = new DuckDbDialect(new WorkflowConfig("session", "item", "time", List.of()));
            String values = columns.columns().stream().map(Decoder::value).collect(Collectors.joining(", "));
            String select = "select " + values + " from ("
                    + dialect.select(new Step.Project(decoded), table.relation(), columns.names()) + ") order by "
                    + SqlDialect.ROW;
            AtomicFiles.file(target, temporary -> database.writeParquet(select, temporary));
            return database.number("select count(*) from read_parquet(" + Database.literal(target.toString()) + ")");
        }
    }

    /** Columns that are there, those of the workflow as it makes them. */
    private Schema known(Schema found) {
        return Schema.of(found.columns().stream()
                .map(column -> {
                    ColumnSchema made = output.find(column.name());
                    return made == null ? column : made;
                })
                .toList());
    }

    private static String value(ColumnSchema column) {
        String name = Database.identifier(column.name());
        return column.properties().containsKey(IdColumns.TRUTH)
                ? "cast(" + name + " as boolean" + (column.isList() ? "[]" : "") + ") as " + name
                : name;
    }

    private Map<String, Expr> expressions(Database database, Schema columns, DataTable table) {
        Map<String, Expr> decoded = new LinkedHashMap<>();
        for (ColumnSchema column : columns.columns()) {
            String name = column.name();
            if (column.properties().get(IdColumns.VOCABULARY) instanceof String vocabulary) {
                String type = String.valueOf(table.types().get(name));
                if (type.startsWith("VARCHAR") || type.endsWith("]") != column.isList()) {
                    throw new DataException(table.firstFile() + ", column " + name + ": " + type + " (expected: "
                            + (column.isList() ? "lists of ids" : "ids") + ", as the workflow makes them)");
                }
                Vocabulary known = state.vocabulary(vocabulary);
                database.register(SqlDialect.vocabularyTable(vocabulary), StateTables.of(known));
                Expr ids = Expr.column(name);
                decoded.put(
                        name,
                        column.isList()
                                ? new Expr.LookupValues(vocabulary, ids, known.isText())
                                : new Expr.LookupValue(vocabulary, ids));
            }
        }
        return decoded;
    }
}

package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the raw values of ids in a file. */
final class Decoder {
    private final Schema output;
    private final FittedState state;

    /** @param output schema of the columns with ids */
    Decoder(Schema output, FittedState state) {
        this.output = output;
        this.state = state;
    }

    long decode(Path file, Path target) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DataException("file: " + file + " (expected: an existing Parquet file)");
        }
        try (Database database = Database.open("", 0)) {
            String source = "(select *, file_row_number as " + SqlDialect.ROW + " from read_parquet("
                    + Database.literal(file.toString()) + ", file_row_number = true))";
            List<String> columns = database
                    .describe("select * exclude (" + SqlDialect.ROW + ", file_row_number) from " + source)
                    .keySet()
                    .stream()
                    .toList();
            Map<String, Expr> decoded = expressions(database, columns);
            if (decoded.isEmpty()) {
                throw new ConfigException(
                        "decode: " + file + " has columns " + columns + " (expected: one with ids of the workflow)");
            }
            SqlDialect dialect = new DuckDbDialect(new WorkflowConfig("session", "item", "time", List.of()));
            String names = columns.stream().map(Database::identifier).collect(Collectors.joining(", "));
            String select = "select " + names + " from (" + dialect.select(new Step.Project(decoded), source, columns)
                    + ") order by " + SqlDialect.ROW;
            AtomicFiles.file(
                    target,
                    temporary -> database.execute("copy (" + select + ") to " + Database.literal(temporary.toString())
                            + " (format parquet, compression zstd)"));
            return database.number("select count(*) from read_parquet(" + Database.literal(target.toString()) + ")");
        }
    }

    private Map<String, Expr> expressions(Database database, List<String> columns) {
        Map<String, Expr> decoded = new LinkedHashMap<>();
        for (String name : columns) {
            ColumnSchema column = output.find(name);
            if (column != null && column.properties().get(IdColumns.VOCABULARY) instanceof String vocabulary) {
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

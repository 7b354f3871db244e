package io.t4rec.cli;

import io.t4rec.data.DataSource;
import io.t4rec.data.SchemaFiles;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** How event files are read: as they are written, with their schema. */
final class SourceOptions {
    @CommandLine.Mixin
    private FormatOptions format;

    @CommandLine.Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "Schema of the events. Default: FILE.schema.pbtxt or schema.pbtxt beside a file, schema.pbtxt in or beside a folder.")
    private @Nullable Path schema;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SourceOptions() {}

    /** @param location file, folder or pattern */
    DataSource source(String location) {
        return format.source(location);
    }

    /** The schema that is named; null for none. */
    @Nullable
    Schema named() throws IOException {
        return schema == null ? null : Schema.read(schema);
    }

    /** The schema of events. */
    Schema schema(DataSource events) throws IOException {
        Schema named = named();
        return named == null ? SchemaFiles.read(events) : named;
    }
}

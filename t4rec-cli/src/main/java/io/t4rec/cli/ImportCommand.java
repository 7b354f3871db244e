package io.t4rec.cli;

import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** Brings an event file into the one form that everything else reads. */
@CommandLine.Command(name = "import", description = "Import events: any known layout to Parquet.")
final class ImportCommand extends Command {
    @CommandLine.Parameters(paramLabel = "FILE", description = "Event file.")
    private Path input;

    @CommandLine.Option(names = "--output", required = true, description = "Parquet file to write.")
    private Path output;

    @CommandLine.Option(
            names = "--format",
            defaultValue = "csv",
            description =
                    "csv, tsv, parquet, jsonl, session-rec, yoochoose, movielens-100k, movielens-inter, movielens-1m,"
                            + " sequences, pairs, otto or criteo. Default: ${DEFAULT-VALUE}.")
    private String format;

    @CommandLine.Option(
            names = "--session",
            defaultValue = "session_id",
            description = "Session or user column, for csv, tsv, parquet and jsonl. Default: ${DEFAULT-VALUE}.")
    private String session;

    @CommandLine.Option(
            names = "--item",
            defaultValue = "item_id",
            description = "Item column, likewise. Default: ${DEFAULT-VALUE}.")
    private String item;

    @CommandLine.Option(
            names = "--time",
            defaultValue = "time",
            description = "Time column, likewise: numbers or ISO 8601. Default: ${DEFAULT-VALUE}.")
    private String time;

    @CommandLine.Option(
            names = "--time-unit",
            defaultValue = "SECONDS",
            description =
                    "What a number in the time column counts: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private EventFormat.TimeUnit timeUnit;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ImportCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        EventFormat layout = EventFormat.of(format);
        EventFormat.EventColumns columns = new EventFormat.EventColumns(session, item, time, timeUnit);
        EventImporter.Report report =
                progress().during("Importing " + input, () -> EventImporter.run(input, layout, columns, output));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("events", report.events());
        if (report.sessions() > 0) { // click-through data has none
            result.put("sessions", report.sessions());
            result.put("items", report.items());
            result.put("first", instant(report.firstTime()));
            result.put("last", instant(report.lastTime()));
        }
        result.put("written", output.toString());
        return result;
    }

    private static String instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}

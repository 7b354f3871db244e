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
@CommandLine.Command(
        name = "import",
        description = {
            "Import events of any known layout as Parquet.",
            "%nAn event is one row: a session (or user) id, an item id, a time, and any further columns. Ids stay what they are, numbers or text. Nothing is dropped: a row without an id or with a time that does not parse is refused, with its number. Writes schema.pbtxt beside the output."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec import clicks.csv --session user --item sku --time at --output shop/train/events.parquet",
            "  t4rec import u.data --format movielens-100k --output ml/events.parquet"
        })
final class ImportCommand extends Command {
    @CommandLine.Parameters(paramLabel = "FILE", description = "Events to import.")
    private Path input;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "Parquet file to write or to replace.")
    private Path output;

    @CommandLine.Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = "csv",
            description =
                    "Layout of the file: csv, tsv (with a header), parquet, jsonl, session-rec, yoochoose, movielens-100k,"
                            + " movielens-inter, movielens-1m, sequences, pairs, otto or criteo. Default: ${DEFAULT-VALUE}.")
    private String format;

    @CommandLine.Option(
            names = "--session",
            defaultValue = "session_id",
            paramLabel = "COLUMN",
            description =
                    "Column of the session or user id, for csv, tsv, parquet and jsonl; other formats know theirs. Default: ${DEFAULT-VALUE}.")
    private String session;

    @CommandLine.Option(
            names = "--item",
            defaultValue = "item_id",
            paramLabel = "COLUMN",
            description = "Column of the item id, likewise. Default: ${DEFAULT-VALUE}.")
    private String item;

    @CommandLine.Option(
            names = "--time",
            defaultValue = "time",
            paramLabel = "COLUMN",
            description = "Column of the time, likewise: numbers or ISO 8601. Default: ${DEFAULT-VALUE}.")
    private String time;

    @CommandLine.Option(
            names = "--time-unit",
            paramLabel = "UNIT",
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

package io.t4rec.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.model.Prediction;
import io.t4rec.model.Recommender;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.io.AtomicFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Predicts by the tasks of a bundle that have a target: for one session, or for all of a file. */
@CommandLine.Command(
        name = "predict",
        description = {
            "Predict targets of sessions: probabilities of yes or of each class, and numbers.",
            "%nOf a session given by its items, or of all sessions of a file of events. A task whose target has a value for each event gives one for each event that the workflow keeps, oldest first. Columns that are targets need not be there and never count."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec predict run/bundle 214536502 214536500",
            "  t4rec predict run/bundle --events new/events.parquet --output predictions.jsonl"
        })
final class PredictCommand extends Command {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SESSIONS = 2_000;

    @CommandLine.Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @CommandLine.Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ITEM",
            description = "Item ids of a session, oldest first.")
    private List<String> items = List.of();

    @CommandLine.Option(
            names = "--context",
            paramLabel = "COLUMN=VALUE",
            description = "A value of the session given by its items; as for t4rec recommend.")
    private Map<String, String> context = new LinkedHashMap<>();

    @CommandLine.Option(
            names = "--events",
            paramLabel = "EVENTS",
            description =
                    "In place of items: events, imported (Parquet); every session of them is predicted for. Default: none.")
    private @Nullable Path events;

    @CommandLine.Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "With --events: file for the predictions, by rising session, a line each: {\"session\": 7, \"click\": 0.25}. Default: none.")
    private @Nullable Path output;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    PredictCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        if ((events == null) != (output == null) || (events == null) == items.isEmpty()) {
            throw new ConfigException("items: " + items + ", --events " + events + ", --output " + output
                    + " (expected: items alone, or --events with --output)");
        }
        Recommender recommender = Recommender.load(bundle);
        if (events != null && output != null) {
            return ofFile(recommender, events, output);
        }
        List<Prediction> found = recommender.predict(new ItemSession(items, context).events(recommender));
        if (found.isEmpty()) {
            throw new DataException("items: " + items
                    + ": the workflow keeps no event of these (expected: one that its filters let through)");
        }
        Map<String, Object> result = new LinkedHashMap<>(found.get(0).plain());
        result.put("version", recommender.modelVersion());
        return result;
    }

    private Map<String, Object> ofFile(Recommender recommender, Path file, Path target) throws IOException {
        Checks.parquet(file);
        long[] sessions = new long[1];
        progress().during("Predicting", () -> {
            AtomicFiles.write(target, out -> {
                BufferedWriter writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                try (Database database = Database.open()) {
                    sessions[0] = write(recommender, file, database, writer);
                }
                writer.flush();
            });
            return target;
        });
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("sessions", sessions[0]);
        result.put("predictions", target.toString());
        return result;
    }

    /** Some sessions at a time, so that memory doesn't grow with the file. */
    private static long write(Recommender recommender, Path file, Database database, BufferedWriter writer)
            throws IOException {
        String session =
                Database.identifier(recommender.bundle().workflow().config().session());
        String source = "read_parquet(" + Database.literal(file.toString()) + ", file_row_number = true)";
        var present = database.describe("(select * from " + source + ")").keySet();
        String columns = recommender.inputSchema().names().stream()
                .filter(present::contains)
                .map(Database::identifier)
                .collect(Collectors.joining(", "));
        database.execute("create temp table sessions as select *, dense_rank() over (order by " + session
                + ") - 1 as __place from " + source);
        long count = database.number("select coalesce(max(__place), -1) + 1 from sessions");
        long written = 0;
        for (long from = 0; from < count; from += SESSIONS) {
            Table some = database.query("select " + columns + " from sessions where __place between " + from + " and "
                    + (from + SESSIONS - 1) + " order by __place, file_row_number");
            for (Prediction one : recommender.predict(some)) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("session", one.session());
                line.putAll(one.plain());
                writer.write(JSON.writeValueAsString(line));
                writer.newLine();
                written++;
            }
        }
        return written;
    }
}

package io.t4rec.cli;

import io.t4rec.data.ColumnDrift;
import io.t4rec.data.DataProfile;
import io.t4rec.data.DataSource;
import io.t4rec.data.DataSummary;
import io.t4rec.data.SchemaFiles;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Tells what is in a data set, and how far another one lies from it. */
@CommandLine.Command(
        name = "stats",
        description = {
            "Show what the columns of a data set hold: nulls, different values, quantiles.",
            "%nWith --against, also how much the shares of each column's values differ: 0 for the same, 1 for nothing in common. Numbers and"
                    + " times are compared by the tenths of the first data set. Small sets of many different values differ much by chance"
                    + " alone, so that stands beside it.",
            "%nWith --html, writes all of it as a page, with distributions and the lengths of sessions. Which columns are ids, session and"
                    + " time is taken from the schema, else from the names session_id, item_id, user_id and time.",
            "%nFiles are read as prepare reads them. With --schema, the columns that it names, in its types. Else all columns, texts in the"
                    + " types that all their values have; a schema beside the files then tells what columns are, and no more."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec stats events.parquet",
            "  t4rec stats logs/may --against logs/june --json",
            "  t4rec stats 'logs/*.csv' --encoding iso-8859-1 --null NA",
            "  t4rec stats train/events.parquet --against test/events.parquet --html stats.html"
        })
final class StatsCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "FILES",
            description =
                    "A file, a folder or a quoted pattern of Parquet, CSV, TSV or JSON lines files. Folders COLUMN=VALUE give columns.")
    private String files;

    @CommandLine.Option(
            names = "--against",
            paramLabel = "FILES",
            description = "Another data set, to tell the drift from the first to.")
    private @Nullable String other;

    @CommandLine.Option(names = "--html", paramLabel = "FILE", description = "Page to write. Default: none.")
    private @Nullable Path html;

    @CommandLine.Mixin
    private SourceOptions sources;

    @CommandLine.Mixin
    private DatabaseOptions database;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    StatsCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        List<String> locations = other == null ? List.of(files) : List.of(files, other);
        List<DataSource> sets = locations.stream().map(sources::source).toList();
        Schema named = sources.named();
        Schema schema = named == null ? SchemaFiles.find(sets.get(0)) : named;
        Schema columns = sets.get(0).text().header() ? named : schema;
        DataProfile.Roles roles = DataProfile.Roles.of(schema);
        DataProfile profile = progress()
                .during(
                        "Reading " + files,
                        () -> DataProfile.of(sets, columns, roles, Long.MAX_VALUE, database.read()));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("rows", profile.sets().get(0).rows());
        if (isJson()) {
            forMachines(profile, result);
        } else {
            profile.columns().forEach((name, column) -> {
                DataSummary.ColumnSummary summary = column.summaries().get(0);
                if (summary != null) {
                    result.put("column " + name, words(summary));
                }
                if (column.drift() != null) {
                    result.put("drift of " + name, words(column.drift()));
                }
            });
        }
        if (html != null) {
            AtomicFiles.writeString(html, new StatsReport(names(locations), profile, roles.time()).html());
            result.put("page", html.toString());
        }
        return result;
    }

    private void forMachines(DataProfile profile, Map<String, Object> result) {
        Map<String, DataSummary.ColumnSummary> columns = new LinkedHashMap<>();
        Map<String, ColumnDrift> drift = new LinkedHashMap<>();
        profile.columns().forEach((name, column) -> {
            DataSummary.ColumnSummary summary = column.summaries().get(0);
            if (summary != null) {
                columns.put(name, summary);
            }
            if (column.drift() != null) {
                drift.put(name, column.drift());
            }
        });
        result.put("columns", columns);
        if (other != null) {
            result.put("drift", drift);
        }
    }

    /** As short as they can be told apart. */
    private static List<String> names(List<String> locations) {
        List<String> names = new ArrayList<>();
        for (String location : locations) {
            Path path = Path.of(location);
            names.add(String.valueOf(path.getFileName()));
        }
        if (names.stream().distinct().count() == names.size()) {
            return names;
        }
        return locations.get(0).equals(locations.get(1))
                ? List.of(locations.get(0), locations.get(1) + " again")
                : locations;
    }

    private static String words(DataSummary.ColumnSummary column) {
        String numbers = column.numbers().entrySet().stream()
                .map(number -> String.format(Locale.ROOT, ", %s %.6g", number.getKey(), number.getValue()))
                .collect(Collectors.joining());
        String times = column.times().isEmpty() ? "" : ", " + String.join(" to ", column.times());
        return String.format(
                Locale.ROOT,
                "%s, %,d values, %,d nulls, %s%,d different%s%s",
                column.type(),
                column.values(),
                column.nulls(),
                column.notFinite() == 0 ? "" : String.format(Locale.ROOT, "%,d not finite, ", column.notFinite()),
                column.distinct(),
                numbers,
                times);
    }

    private static String words(ColumnDrift drift) {
        return String.format(
                Locale.ROOT,
                "%.4f (%.4f by chance)%s",
                drift.distance(),
                drift.byChance(),
                drift.exceedsChance() ? ", large" : "");
    }
}

package io.t4rec.cli;

import io.t4rec.data.DataSummary;
import java.util.LinkedHashMap;
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
            "%nWith --against, also how much the shares of each column's values differ: 0 for the same, 1 for nothing in common. Numbers are"
                    + " compared by the tenths of the first data set."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  t4rec stats events.parquet", "  t4rec stats 'logs/*.csv' --against new.parquet --json"})
final class StatsCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "FILES",
            description = "Parquet, CSV or JSON lines file, a folder of Parquet files, or a quoted pattern.")
    private String files;

    @CommandLine.Option(
            names = "--against",
            paramLabel = "FILES",
            description = "Another data set, to tell the drift from the first to.")
    private @Nullable String other;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    StatsCommand() {}

    @Override
    Map<String, Object> run() {
        DataSummary summary = DataSummary.of(files);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("rows", summary.rows());
        Map<String, Double> drift = other == null ? Map.of() : DataSummary.drift(files, other);
        if (isJson()) {
            result.put("columns", summary.columns());
            if (other != null) {
                result.put("drift", drift);
            }
            return result;
        }
        summary.columns().forEach((name, column) -> {
            result.put("column " + name, words(column));
            Double distance = drift.get(name);
            if (distance != null) {
                result.put("drift of " + name, distance);
            }
        });
        return result;
    }

    private static String words(DataSummary.ColumnSummary column) {
        String numbers = column.numbers().entrySet().stream()
                .map(number -> String.format(Locale.ROOT, ", %s %.6g", number.getKey(), number.getValue()))
                .collect(Collectors.joining());
        return String.format(
                Locale.ROOT,
                "%s, %,d values, %,d nulls, %,d different%s",
                column.type(),
                column.values(),
                column.nulls(),
                column.distinct(),
                numbers);
    }
}

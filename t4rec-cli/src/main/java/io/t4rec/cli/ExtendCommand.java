package io.t4rec.cli;

import io.t4rec.data.DataSource;
import io.t4rec.etl.Extension;
import io.t4rec.etl.Extension.Change;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;

/** Fits a workflow further on new events. */
@CommandLine.Command(
        name = "extend",
        description = {
            "Fit a workflow further on new events, and tell what grew.",
            "%nIds stay as they are; new values get the ids behind them. Means, deviations, ranges and statistics of groups become those of all"
                    + " events; medians, given vocabularies, joined tables and the ids of a single table stay. Where a vocabulary grew, a model"
                    + " needs more rows in its embedding table."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec extend data/workflow may/events.parquet --output extended",
            "  t4rec extend run/bundle/workflow 'logs/2026-05-*.csv' --output extended --json",
            "  t4rec extend data/workflow may/events.parquet --output extended --engine spark --master spark://host:7077"
        })
final class ExtendCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "WORKFLOW",
            description = "Directory of a workflow: DATA/workflow as prepare writes it, or that of a bundle.")
    private Path workflow;

    @CommandLine.Parameters(
            paramLabel = "EVENTS",
            description =
                    "New events: a file, a folder or a quoted pattern, with the columns that the workflow was fitted on.")
    private String events;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory of the extended workflow, to write or to replace.")
    private Path output;

    @CommandLine.Mixin
    private FormatOptions format;

    @CommandLine.Mixin
    private DatabaseOptions database;

    @CommandLine.Mixin
    private EngineOptions engine;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    ExtendCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Workflow before = Workflow.load(workflow);
        DataSource source = format.source(events);
        Extension extension;
        try (WorkflowEngine opened = engine.open(database)) {
            extension = progress().during("Fitting the workflow further", () -> opened.extend(before, source));
            extension.workflow().save(output);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        if (isJson()) {
            result.put("changes", extension.changes());
        } else {
            extension
                    .changes()
                    .forEach(change -> result.put(
                            change.kind().name().toLowerCase(Locale.ROOT) + " " + change.name(), words(change)));
        }
        result.put(
                "embedding tables to grow",
                extension.growingTables().stream().map(Change::name).toList());
        result.put("written", output.toString());
        return result;
    }

    private static String words(Change change) {
        return switch (change.kind()) {
            case VOCABULARY -> grown(change, "ids");
            case GROUPS -> grown(change, "groups");
            case STATISTIC -> grown(change, "values");
            case KEPT -> "as it was";
        };
    }

    private static String grown(Change change, String what) {
        return String.format(Locale.ROOT, "%,d to %,d %s", change.before(), change.after(), what);
    }
}

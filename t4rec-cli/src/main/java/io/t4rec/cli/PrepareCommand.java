package io.t4rec.cli;

import io.t4rec.data.DataSource;
import io.t4rec.etl.WorkflowEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Fits the workflow on training events and makes sequences of them, and of the evaluation events. */
@CommandLine.Command(
        name = "prepare",
        description = {
            "Fit a workflow on training events and write sequences.",
            "%nThe workflow gives items ids by frequency, normalises numbers and makes one sequence a session, of its newest events; sessions of a single event give none. With data.windowLength, long training sequences become several. Other events go through the same workflow: items that only they have become unknown.",
            "%nAny other workflow stands in the experiment file under data.workflow, with session, item, time and operators, in place of the other keys of data."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec prepare parts/train.parquet --evaluation parts/valid.parquet --test parts/test.parquet --output data",
            "  t4rec prepare train/events.parquet --output data --set data.sideColumns=[category,price]",
            "  t4rec prepare 'logs/2026-*/**/*.csv' --schema schema.pbtxt --output data --files 16 --shuffle",
            "  t4rec prepare train/events.parquet --output data --engine spark --master spark://host:7077"
        })
final class PrepareCommand extends Command {
    @CommandLine.Parameters(
            paramLabel = "EVENTS",
            description =
                    "Training events: a file, a folder or a quoted pattern of Parquet, CSV, TSV or JSON lines files, with schema.pbtxt. Folders COLUMN=VALUE give columns.")
    private String events;

    @CommandLine.Option(
            names = "--evaluation",
            paramLabel = "EVENTS",
            description = "Events to choose the epoch by, written as the training events are.")
    private @Nullable String evaluation;

    @CommandLine.Option(
            names = "--test",
            paramLabel = "EVENTS",
            description =
                    "Events to report on, which choose nothing, likewise. Default: the report is on those of --evaluation.")
    private @Nullable String test;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Directory to write or to replace: workflow and sequences.")
    private Path output;

    @CommandLine.Mixin
    private DatabaseOptions database;

    @CommandLine.Mixin
    private SourceOptions sources;

    @CommandLine.Mixin
    private LayoutOptions layout;

    @CommandLine.Mixin
    private EngineOptions engine;

    @CommandLine.Mixin
    private ExperimentOptions options;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    PrepareCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        DataSettings settings = options.read().data();
        DataSource training = sources.source(events);
        DataPreparation preparation = new DataPreparation(
                new DataPreparation.Parts(
                        training,
                        evaluation == null ? null : sources.source(evaluation),
                        test == null ? null : sources.source(test)),
                sources.schema(training),
                settings,
                layout.read(),
                database.read());
        PreparedData data;
        try (WorkflowEngine opened = engine.open(database)) {
            data = preparation.write(output, opened, progress());
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("training sequences", PreparedData.rows(data.train()));
        if (data.hasEvaluation()) {
            result.put("evaluation sequences", PreparedData.rows(data.evaluation()));
        }
        if (data.hasTest()) {
            result.put("test sequences", PreparedData.rows(data.reported()));
        }
        result.put(
                "items",
                data.workflow().vocabulary(data.workflow().config().item()).size());
        result.put("written", output.toString());
        return result;
    }
}

package io.t4rec.cli;

import io.t4rec.etl.Vocabulary;
import io.t4rec.etl.Workflow;
import io.t4rec.model.Bundle;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import picocli.CommandLine;

/** Tells what is in a bundle. */
@CommandLine.Command(
        name = "inspect",
        description = {
            "Show what is in a bundle: quality, items, the columns of a request, features, settings.",
            "%nChecks the digest of every file on the way."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  t4rec inspect run/bundle", "  t4rec inspect run/bundle --json"})
final class InspectCommand extends Command {
    private static final int MOST_FREQUENT = 5;

    @CommandLine.Parameters(
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    InspectCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Bundle loaded = Bundle.load(bundle);
        SessionModel model = loaded.model();
        Workflow workflow = loaded.workflow();
        Vocabulary items = workflow.vocabulary(workflow.config().item());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("version", loaded.version());
        result.put("model", model.config().transformer().type() + ", " + model.parameterCount() + " weights");
        result.put("items", items.size());
        result.put("most frequent items", mostFrequent(items));
        loaded.metrics().forEach(result::put);
        for (ColumnSchema column : workflow.inputSchema().columns()) {
            result.put("event column " + column.name(), column.dtype() + role(column, workflow));
        }
        for (ColumnSchema column : model.schema()
                .excluding(model.heads().targetColumns())
                .filter(ColumnSchema::isList)
                .columns()) {
            result.put("feature " + column.name(), feature(column));
        }
        for (int task = 0; task < model.heads().names().size(); task++) {
            result.put(
                    "task " + model.heads().names().get(task),
                    "predicts " + model.heads().target(task).name()
                            + (model.heads().isPerEvent(task) ? " of each event" : " of a session"));
        }
        model.release();
        result.put(
                "settings",
                isJson()
                        ? model.config()
                        : ConfigFiles.toYaml(model.config())
                                .replaceFirst("^---", "")
                                .stripTrailing());
        return result;
    }

    private static List<Object> mostFrequent(Vocabulary items) {
        long first = items.layout().first();
        return LongStream.range(first, Math.min(first + MOST_FREQUENT, items.cardinality()))
                .mapToObj(items::value)
                .filter(Objects::nonNull)
                .map(Object.class::cast)
                .toList();
    }

    private static String role(ColumnSchema column, Workflow workflow) {
        String name = column.name();
        return name.equals(workflow.config().session())
                ? ", the session"
                : name.equals(workflow.config().item())
                        ? ", the item"
                        : name.equals(workflow.config().time()) ? ", the time" : "";
    }

    private static String feature(ColumnSchema column) {
        return column.dtype().isFloating() ? "number" : column.cardinality() + " ids";
    }
}

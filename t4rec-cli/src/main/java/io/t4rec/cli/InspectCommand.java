package io.t4rec.cli;

import io.t4rec.model.Bundle;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** Tells what is in a bundle. */
@CommandLine.Command(name = "inspect", description = "Show what is in a bundle.")
final class InspectCommand extends Command {
    @CommandLine.Parameters(paramLabel = "BUNDLE", description = "Directory of a bundle.")
    private Path bundle;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    InspectCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Bundle loaded = Bundle.load(bundle);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("version", loaded.version());
        result.put("weights", loaded.model().parameterCount());
        result.put("item ids", loaded.model().itemCount());
        result.put("inputs", String.join(", ", loaded.workflow().inputSchema().names()));
        for (ColumnSchema column : loaded.model().schema().columns()) {
            result.put("column " + column.name(), column.dtype() + " " + column.shape() + " " + column.tags());
        }
        loaded.metrics().forEach(result::put);
        result.put(
                "model",
                isJson()
                        ? loaded.model().config()
                        : ConfigFiles.toYaml(loaded.model().config()));
        return result;
    }
}

package io.t4rec.cli;

import io.t4rec.etl.Workflow;
import io.t4rec.model.SessionModel;
import io.t4rec.model.input.PretrainedMatrices;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.io.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the fresh model of an experiment, with the vectors of the files that its settings name. */
final class PretrainedInputs {
    private PretrainedInputs() {}

    /** Digests of those files by their names; null without any. */
    static @Nullable Map<String, String> digests(Experiment experiment) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (String file : experiment.model().input().files()) {
            if (Files.isRegularFile(Path.of(file))) { // opening it tells that it is absent
                digests.put(file, FileDigest.sha256(Path.of(file)));
            }
        }
        return digests.isEmpty() ? null : digests;
    }

    /** What follows the items in a table that columns share would be recommended. */
    private static void requireItemsLast(Workflow workflow, ColumnSchema item) {
        long last = workflow.vocabulary(workflow.config().item()).cardinality() - 1;
        if (last != item.cardinality() - 1) {
            throw new ConfigException("categorify: ids of " + item.name() + " end at " + last
                    + ", those of other columns at " + (item.cardinality() - 1) + " (expected: " + item.name()
                    + " as the last column of singleTable)");
        }
    }

    static SessionModel model(Experiment experiment, Workflow workflow) {
        Schema schema = workflow.outputSchema();
        requireItemsLast(workflow, schema.itemId());
        try (PretrainedMatrices matrices =
                PretrainedMatrices.open(experiment.model().input(), schema, workflow)) {
            return SessionModel.create(
                    experiment.model(), schema, experiment.training().seed(), matrices);
        }
    }
}

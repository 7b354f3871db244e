package io.t4rec.bench;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import io.t4rec.data.LoaderConfig;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The YOOCHOOSE sample as sequences; item ids by frequency in what is trained on. */
record Yoochoose(Workflow workflow, Path train, Path test) {
    /** Training on train_full, testing on test. */
    static Yoochoose prepare(Path folder) throws IOException {
        return prepare(folder, false, false);
    }

    /**
     * @param validation whether to train on train_tr and test on train_valid, for choices that the test part must not see
     * @param keepTimes whether sequences list the times of their events
     */
    static Yoochoose prepare(Path folder, boolean validation, boolean keepTimes) throws IOException {
        Path data = Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve("yoochoose-100k");
        if (!Files.isDirectory(data)) {
            throw new DataException("data: " + data + " (expected: the YOOCHOOSE sample; set -Dt4rec.data)");
        }
        Path train = folder.resolve("train/events.parquet");
        Path test = folder.resolve("test/events.parquet");
        EventFormat.EventColumns columns = EventFormat.EventColumns.standard();
        EventImporter.run(file(data, validation ? "train_tr" : "train_full"), EventFormat.SESSION_REC, columns, train);
        EventImporter.run(file(data, validation ? "train_valid" : "test"), EventFormat.SESSION_REC, columns, test);
        Schema schema = Schema.read(train.resolveSibling("schema.pbtxt"));
        Workflow workflow =
                Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 20, false, 0, keepTimes), train, schema);
        Path trainSequences = folder.resolve("train/sequences.parquet");
        Path testSequences = folder.resolve("test/sequences.parquet");
        workflow.transform(train, trainSequences);
        workflow.transform(test, testSequences);
        return new Yoochoose(workflow, trainSequences, testSequences);
    }

    private static Path file(Path data, String part) {
        return data.resolve("yoochoose-clicks-100k_" + part + ".txt");
    }

    BatchLoader training(int batchSize, long seed, boolean bucketByLength) {
        LoaderConfig config = new LoaderConfig(batchSize, 20, true, seed, 200_000, bucketByLength, false, 0, 1);
        return BatchLoader.open(List.of(train), workflow.outputSchema(), config);
    }

    BatchLoader testing() {
        return BatchLoader.open(List.of(test), workflow.outputSchema(), LoaderConfig.evaluation(256, 20));
    }
}

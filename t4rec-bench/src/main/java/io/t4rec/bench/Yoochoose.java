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

/**
 * The YOOCHOOSE sample as sequences: train_full and test, item ids by frequency in train_full.
 *
 * @param testEvents events of the test sessions
 * @param train sequences
 * @param test sequences
 */
record Yoochoose(Workflow workflow, Path testEvents, Path train, Path test) {
    private static final String NAME = "yoochoose-100k";
    private static final int LENGTH = 20;

    /** @throws DataException when the data isn't there */
    static Yoochoose prepare(BenchSettings settings) throws IOException {
        Path data = Path.of(settings.data()).resolve(NAME);
        if (!Files.isDirectory(data)) {
            throw new DataException("data: " + data + " (expected: the folder of the YOOCHOOSE sample; give --data)");
        }
        Path folder = Files.createTempDirectory(NAME);
        Path train = folder.resolve("train/events.parquet");
        Path test = folder.resolve("test/events.parquet");
        EventFormat.EventColumns columns = EventFormat.EventColumns.standard();
        EventImporter.run(
                data.resolve("yoochoose-clicks-100k_train_full.txt"), EventFormat.SESSION_REC, columns, train);
        EventImporter.run(data.resolve("yoochoose-clicks-100k_test.txt"), EventFormat.SESSION_REC, columns, test);
        Schema schema = Schema.read(train.resolveSibling("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), LENGTH, false), train, schema);
        Path trainSequences = folder.resolve("train/sequences.parquet");
        Path testSequences = folder.resolve("test/sequences.parquet");
        workflow.transform(train, trainSequences);
        workflow.transform(test, testSequences);
        return new Yoochoose(workflow, test, trainSequences, testSequences);
    }

    /** @param bucketByLength whether a batch holds rows of like length */
    BatchLoader training(int batchSize, long seed, boolean bucketByLength) {
        LoaderConfig config = new LoaderConfig(batchSize, LENGTH, true, seed, 200_000, bucketByLength, false);
        return BatchLoader.open(List.of(train), workflow.outputSchema(), config);
    }

    BatchLoader testing() {
        return BatchLoader.open(List.of(test), workflow.outputSchema(), LoaderConfig.evaluation(256, LENGTH));
    }
}

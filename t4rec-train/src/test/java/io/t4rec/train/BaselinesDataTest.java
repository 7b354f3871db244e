package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.etl.Vocabulary;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Exclusion;
import io.t4rec.schema.Schema;
import io.t4rec.train.baseline.Baseline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures computed independently for the YOOCHOOSE sample: whole sessions, all items ranked, seen items compete. */
class BaselinesDataTest {
    private static final int LONGEST = 1_000;

    @TempDir
    Path folder;

    @Test
    void baselinesGiveTheKnownFiguresOnTheYoochooseSample() throws IOException {
        Path data = Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve("yoochoose-100k");
        assumeTrue(Files.isDirectory(data), "no YOOCHOOSE sample at " + data + " (set -Dt4rec.data)");
        Path train = folder.resolve("train/events.parquet");
        Path test = folder.resolve("test/events.parquet");
        EventFormat.EventColumns columns = EventFormat.EventColumns.standard();
        EventImporter.run(
                data.resolve("yoochoose-clicks-100k_train_full.txt"), EventFormat.SESSION_REC, columns, train);
        EventImporter.run(data.resolve("yoochoose-clicks-100k_test.txt"), EventFormat.SESSION_REC, columns, test);
        Schema schema = Schema.read(train.resolveSibling("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), LONGEST, false), train, schema);
        Path trainSequences = folder.resolve("train/sequences.parquet");
        Path testSequences = folder.resolve("test/sequences.parquet");
        workflow.transform(train, trainSequences);
        workflow.transform(test, testSequences);

        String item = workflow.outputSchema().itemId().name();
        long items = workflow.outputSchema().itemId().cardinality();
        List<Baseline> baselines = Baseline.all(sessions(trainSequences, workflow.outputSchema(), item), items);
        Map<String, Map<String, Double>> last = new TreeMap<>();
        Map<String, Map<String, Double>> all = new TreeMap<>();
        for (Baseline baseline : baselines) {
            try (BatchLoader loader = loader(testSequences, workflow.outputSchema())) {
                RankedCases lastCases =
                        new Evaluator(false, Exclusion.NONE, 2).rank(baseline, loader, item, Vocabulary.FIRST);
                RankedCases allCases =
                        new Evaluator(true, Exclusion.NONE, 2).rank(baseline, loader, item, Vocabulary.FIRST);
                assertThat(lastCases.ranks()).hasSize(3_416);
                assertThat(allCases.ranks()).hasSize(10_152);
                last.put(baseline.name(), lastCases.means(20));
                all.put(baseline.name(), allCases.means(20));
            }
        }
        check(last.get("popularity"), 0.0954, Double.NaN, Double.NaN);
        check(last.get("markov"), 0.5837, 0.3455, 0.4013);
        checkNeighbours(last.get("vmis-knn"), 0.6730, 0.3795, 0.4476);
        check(all.get("popularity"), 0.0894, Double.NaN, Double.NaN);
        check(all.get("markov"), 0.5908, 0.3433, 0.4014);
        checkNeighbours(all.get("vmis-knn"), 0.6828, 0.3592, 0.4339);
    }

    private static void check(Map<String, Double> metrics, double recall, double mrr, double ndcg) {
        Offset<Double> digits = Offset.offset(0.00006);
        assertThat(metrics.get("recall@20")).isCloseTo(recall, digits);
        if (!Double.isNaN(mrr)) {
            assertThat(metrics.get("mrr@20")).isCloseTo(mrr, digits);
            assertThat(metrics.get("ndcg@20")).isCloseTo(ndcg, digits);
        }
    }

    /** Many neighbours are equally similar, and which of them vote differs between programs: half a standard error. */
    private static void checkNeighbours(Map<String, Double> metrics, double recall, double mrr, double ndcg) {
        Offset<Double> tolerance = Offset.offset(0.003);
        assertThat(metrics.get("recall@20")).isCloseTo(recall, tolerance);
        assertThat(metrics.get("mrr@20")).isCloseTo(mrr, tolerance);
        assertThat(metrics.get("ndcg@20")).isCloseTo(ndcg, tolerance);
    }

    private static BatchLoader loader(Path sequences, Schema schema) {
        return BatchLoader.open(List.of(sequences), schema, LoaderConfig.evaluation(256, LONGEST));
    }

    private static long[][] sessions(Path sequences, Schema schema, String item) {
        try (BatchLoader loader =
                BatchLoader.open(List.of(sequences), schema, LoaderConfig.evaluation(1_000_000, LONGEST))) {
            SequenceBatch batch = loader.epoch(0).next();
            long[][] sessions = new long[batch.rowCount()][];
            for (int row = 0; row < sessions.length; row++) {
                sessions[row] = Arrays.copyOfRange(batch.longs(item), batch.offsets()[row], batch.offsets()[row + 1]);
            }
            return sessions;
        }
    }
}

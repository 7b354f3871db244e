package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.Database;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.train.baseline.Popularity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncrementalProtocolTest {
    @TempDir
    Path folder;

    /** Three windows; in each, other items follow each other. */
    private List<IncrementalProtocol.Window> windows() {
        List<IncrementalProtocol.Window> windows = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            for (int window = 1; window <= 3; window++) {
                Path file = folder.resolve(window + ".parquet");
                StringBuilder rows = new StringBuilder();
                for (long[] session : sessions(window)) {
                    rows.append(rows.isEmpty() ? "" : ", ")
                            .append('(')
                            .append(Arrays.toString(session))
                            .append(')');
                }
                database.execute("copy (select column0::bigint[] as item_id from (values " + rows + ") t(column0)) to "
                        + Database.literal(file.toString()) + " (format parquet)");
                windows.add(new IncrementalProtocol.Window(String.format("%04d", window), file, file));
            }
        }
        return windows;
    }

    private static long[][] sessions(int window) {
        long[][] sessions = new long[64][];
        for (int i = 0; i < sessions.length; i++) {
            long start = 3 + (i * 5 + window) % 20;
            sessions[i] = new long[] {start, start + window, start + 2L * window, start + 2L * window + 1};
        }
        return sessions;
    }

    private static IncrementalProtocol protocol() {
        return new IncrementalProtocol(SmallRun.config().epochs(3).build(), Evaluator.lastItem(), 5, 20);
    }

    private static SessionModel model() {
        return SessionModel.create(ModelConfig.defaults(), SmallRun.SCHEMA, 3);
    }

    @Test
    void evaluatesEachWindowWithTheModelOfTheOneBefore() throws IOException {
        SessionModel model = model();
        List<IncrementalProtocol.Result> results = protocol().run(model, windows(), List.of(), null);
        assertThat(results).extracting(IncrementalProtocol.Result::window).containsExactly("0002", "0003");

        SessionModel byHand = model();
        for (int window = 1; window <= 2; window++) {
            BatchLoader loader =
                    BatchLoader.of(SequenceBatch.of("item_id", sessions(window)), LoaderConfig.training(16, 20, 7));
            try (Trainer trainer = new Trainer(byHand, protocol().training(), loader, List.of())) {
                trainer.run(null, null);
            }
            BatchLoader next =
                    BatchLoader.of(SequenceBatch.of("item_id", sessions(window + 1)), LoaderConfig.evaluation(64, 20));
            assertThat(results.get(window - 1).metrics().get("model"))
                    .isEqualTo(Evaluator.lastItem().rank(byHand, next).means(5));
            long[][] seen = IntStream.rangeClosed(1, window)
                    .mapToObj(IncrementalProtocolTest::sessions)
                    .flatMap(Arrays::stream)
                    .toArray(long[][]::new);
            assertThat(results.get(window - 1).metrics().get("popularity"))
                    .isEqualTo(Evaluator.lastItem()
                            .rank(new Popularity(seen, 31), next, "item_id", 3)
                            .means(5));
        }
        assertThat(SmallRun.weights(model)).isEqualTo(SmallRun.weights(byHand));
    }

    @Test
    void averagesOverTime() {
        List<IncrementalProtocol.Result> results = List.of(
                new IncrementalProtocol.Result("0002", 3, Map.of("model", Map.of("ndcg@5", 0.2))),
                new IncrementalProtocol.Result("0003", 9, Map.of("model", Map.of("ndcg@5", 0.5))));
        assertThat(IncrementalProtocol.averages(results).get("model").get("ndcg@5"))
                .isCloseTo(0.35, Offset.offset(1e-12));
    }

    @Test
    void continuesWithTheWindowThatIsNotDone() throws IOException {
        List<IncrementalProtocol.Window> windows = windows();
        Path checkpoints = folder.resolve("checkpoints");
        protocol().run(model(), windows.subList(0, 2), List.of(), checkpoints);
        List<Long> steps = new ArrayList<>();
        TrainingListener heard = new TrainingListener() {
            @Override
            public void onStep(Step step) {
                steps.add(step.step());
            }
        };
        SessionModel resumed = model();
        List<IncrementalProtocol.Result> results = protocol().run(resumed, windows, List.of(heard), checkpoints);
        assertThat(steps)
                .as("3 epochs of 4 batches, of the second window alone")
                .hasSize(12);
        SessionModel straight = model();
        assertThat(results).isEqualTo(protocol().run(straight, windows, List.of(), null));
        assertThat(SmallRun.weights(resumed)).isEqualTo(SmallRun.weights(straight));
    }

    @Test
    void refusesToTrainAWindowFurtherThatLaterOnesBeganWith() throws IOException {
        List<IncrementalProtocol.Window> windows = windows();
        Path checkpoints = folder.resolve("checkpoints");
        List<IncrementalProtocol.Result> results = protocol().run(model(), windows, List.of(), checkpoints);
        IncrementalProtocol longer =
                new IncrementalProtocol(SmallRun.config().epochs(4).build(), Evaluator.lastItem(), 5, 20);
        assertThatThrownBy(() -> longer.run(model(), windows, List.of(), checkpoints))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("window 0001: step 13 is not done")
                .hasMessageContaining("expected: training.epochs and training.maxSteps as the run began with");
        assertThat(checkpoints.resolve("0001/checkpoint-12")).isDirectory();
        AtomicFiles.deleteTree(checkpoints.resolve("0001"));
        assertThat(protocol().run(model(), windows, List.of(), checkpoints))
                .as("a window that begins anew comes to the same weights")
                .isEqualTo(results);
    }

    @Test
    void leavesOutWindowsWithoutSequences() throws IOException {
        List<IncrementalProtocol.Window> windows = windows();
        IncrementalProtocol.Window first = windows.get(0);
        IncrementalProtocol.Window last = windows.get(2);
        IncrementalProtocol.Window none = new IncrementalProtocol.Window("0002", null, null);
        assertThat(protocol().run(model(), List.of(first, none, last), List.of(), null))
                .isEqualTo(protocol().run(model(), List.of(first, last), List.of(), null));
        IncrementalProtocol.Window untrained = new IncrementalProtocol.Window("0001", null, first.evaluation());
        assertThat(protocol().run(model(), List.of(untrained, windows.get(1), last), List.of(), null))
                .as("nothing is learned before the second window")
                .extracting(IncrementalProtocol.Result::window)
                .containsExactly("0003");
    }

    @Test
    void refusesWindowsOfWhichNoneCanBeEvaluatedOn() {
        IncrementalProtocol.Window first = windows().get(0);
        IncrementalProtocol.Window none = new IncrementalProtocol.Window("0002", null, null);
        assertThatThrownBy(() -> protocol().run(model(), List.of(first, none), List.of(), null))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("windows: none of 2 has sequences to evaluate on");
        assertThatThrownBy(() -> protocol().run(model(), List.of(none, first), List.of(), null))
                .isInstanceOf(DataException.class);
    }

    @Test
    void refusesASingleWindow() {
        assertThatThrownBy(() -> protocol().run(model(), windows().subList(0, 1), List.of(), null))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("windows: 1");
    }
}

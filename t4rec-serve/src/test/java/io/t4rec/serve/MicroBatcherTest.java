package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.t4rec.data.SyntheticShop;
import io.t4rec.etl.Filter;
import io.t4rec.etl.Operator;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Bundle;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation.ScoredItem;
import io.t4rec.model.Recommender;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class MicroBatcherTest {
    @TempDir
    static Path folder;

    private static Recommender recommender;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void writesASmallBundle() throws IOException {
        new SyntheticShop(300, 60, 1, 1).write(folder);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(
                WorkflowConfig.sessions(schema, List.of(), 20, false), folder.resolve("events.parquet"), schema);
        SessionModel model = SessionModel.create(ModelConfig.defaults(), workflow.outputSchema(), 1);
        Bundle.write(folder.resolve("bundle"), model, workflow, Map.of());
        recommender = Recommender.load(folder.resolve("bundle"));
    }

    private MicroBatcher batcher(int threads, int maxBatch, int capacity) {
        ServerConfig config = new ServerConfig("127.0.0.1", 0, "t4rec", threads, maxBatch, capacity, 1 << 20, 1000);
        return new MicroBatcher(recommender, config, meters);
    }

    private static SessionRequest session(long item, int k) {
        Map<String, Object> event = new LinkedHashMap<>();
        for (ColumnSchema column : recommender.inputSchema().columns()) {
            Object filler =
                    column.dtype() == DType.STRING ? "a" : column.dtype().isFloating() ? (Object) 1.0 : 1L;
            event.put(column.name(), filler);
        }
        event.put(recommender.bundle().workflow().config().item(), item);
        return new SessionRequest(List.of(event), k, RecommendOptions.defaults());
    }

    private static List<Object> ids(List<ScoredItem> items) {
        return items.stream().map(ScoredItem::item).toList();
    }

    @Test
    void answersEveryAcceptedSessionWhenClosedUnderLoad() {
        MicroBatcher batcher = batcher(2, 8, 1000);
        List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(batcher.submit(session(i % 60, 3)));
        }
        batcher.close();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer).isCompletedWithValueMatching(items -> items.size() == 3));
        assertThatThrownBy(() -> batcher.submit(session(1, 3)).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(OverloadedException.class);
    }

    @Test
    void scoresWaitingSessionsTogetherWithinTheBound() {
        try (MicroBatcher batcher = batcher(1, 8, 1000)) {
            List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(batcher.submit(session(i % 60, 3)));
            }
            answers.forEach(CompletableFuture::join);
        }
        assertThat(meters.get("t4rec.batch.size").summary().max())
                .isGreaterThan(1)
                .isLessThanOrEqualTo(8);
        assertThat(meters.get("t4rec.batch.size").summary().totalAmount()).isEqualTo(200);
    }

    @Test
    void givesEverySessionOfABatchItsOwnItemsAndItsOwnNumberOfThem() {
        List<List<Object>> alone = new ArrayList<>();
        try (MicroBatcher batcher = batcher(1, 1, 1000)) {
            for (int item = 0; item < 40; item++) {
                alone.add(ids(batcher.submit(session(item, 1 + item % 7)).join()));
            }
        }
        try (MicroBatcher batcher = batcher(2, 16, 1000)) {
            List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                answers.add(batcher.submit(session(i % 40, 1 + i % 40 % 7)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(ids(answers.get(i).join())).isEqualTo(alone.get(i % 40));
            }
        }
    }

    @Test
    void refusesWhatTheQueueCannotHoldAndAnswersTheRest() {
        int refused = 0;
        int answered = 0;
        try (MicroBatcher batcher = batcher(1, 2, 4)) {
            List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                answers.add(batcher.submit(session(i % 60, 3)));
            }
            for (CompletableFuture<List<ScoredItem>> answer : answers) {
                try {
                    assertThat(answer.join()).hasSize(3);
                    answered++;
                } catch (CompletionException e) {
                    assertThat(e).hasCauseInstanceOf(OverloadedException.class);
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
        assertThat(answered).isPositive();
    }

    @Test
    void neverGivesASessionWhoseEventsAreFilteredAwayTheAnswerOfAnother() throws IOException {
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig usual = WorkflowConfig.sessions(schema, List.of(), 20, false);
        List<Operator> operators = new ArrayList<>();
        operators.add(new Filter("item_id", Filter.Test.DIFFERENT, 1L));
        operators.addAll(usual.operators());
        WorkflowConfig config = new WorkflowConfig(usual.session(), usual.item(), usual.time(), operators);
        Workflow workflow = Workflow.fit(config, folder.resolve("events.parquet"), schema);
        SessionModel model = SessionModel.create(ModelConfig.defaults(), workflow.outputSchema(), 1);
        Bundle.write(folder.resolve("filtering"), model, workflow, Map.of());
        ServerConfig settings = new ServerConfig("127.0.0.1", 0, "t4rec", 1, 8, 100, 1 << 20, 1000);
        try (MicroBatcher batcher = new MicroBatcher(Recommender.load(folder.resolve("filtering")), settings, meters)) {
            List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                answers.add(batcher.submit(session(i % 2 == 0 ? 1 : 5, 3)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).join()).as("session " + i).hasSize(i % 2 == 0 ? 0 : 3);
            }
        }
    }
}

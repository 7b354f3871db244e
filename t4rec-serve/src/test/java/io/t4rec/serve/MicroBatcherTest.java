package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import java.util.stream.IntStream;
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
        recommender = Recommender.load(TestShop.bundle(folder, 1));
    }

    private MicroBatcher batcher(int threads, int maxBatch, int capacity) {
        ServerConfig config = ServerConfig.builder()
                .threads(threads)
                .maxBatch(maxBatch)
                .queueCapacity(capacity)
                .build();
        return new MicroBatcher(config, meters);
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

    private static CompletableFuture<List<ScoredItem>> submit(MicroBatcher batcher, SessionRequest session) {
        return batcher.submit(recommender, List.of(session), () -> false).thenApply(answers -> answers.get(0));
    }

    private static List<Object> ids(List<ScoredItem> items) {
        return items.stream().map(ScoredItem::item).toList();
    }

    private double scored() {
        return meters.get("t4rec.batch.size").summary().totalAmount();
    }

    @Test
    void answersEveryAcceptedSessionWhenClosedUnderLoad() {
        MicroBatcher batcher = batcher(2, 8, 1000);
        List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(submit(batcher, session(i % 60, 3)));
        }
        batcher.close();
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer).isCompletedWithValueMatching(items -> items.size() == 3));
        assertThatThrownBy(() -> submit(batcher, session(1, 3)).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RequestException.class)
                .hasMessageContaining("stopping");
    }

    @Test
    void scoresWaitingSessionsTogetherWithinTheBound() {
        try (MicroBatcher batcher = batcher(1, 8, 1000)) {
            List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(submit(batcher, session(i % 60, 3)));
            }
            answers.forEach(CompletableFuture::join);
        }
        assertThat(meters.get("t4rec.batch.size").summary().max())
                .isGreaterThan(1)
                .isLessThanOrEqualTo(8);
        assertThat(scored()).isEqualTo(200);
    }

    @Test
    void givesEverySessionOfABatchItsOwnItemsAndItsOwnNumberOfThem() {
        List<List<Object>> alone = new ArrayList<>();
        for (int item = 0; item < 40; item++) {
            SessionRequest session = session(item, 1 + item % 7);
            alone.add(ids(recommender
                    .recommend(SessionTable.of(recommender, List.of(session)), session.k(), session.options())
                    .get(0)
                    .items()));
        }
        try (MicroBatcher batcher = batcher(2, 16, 1000)) {
            List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                answers.add(submit(batcher, session(i % 40, 1 + i % 40 % 7)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(ids(answers.get(i).join())).isEqualTo(alone.get(i % 40));
            }
        }
    }

    @Test
    void takesTheSessionsOfARequestTogetherOrNotAtAll() {
        int refused = 0;
        int answered = 0;
        List<SessionRequest> three =
                IntStream.range(0, 3).mapToObj(i -> session(i, 3)).toList();
        try (MicroBatcher batcher = batcher(1, 2, 4)) {
            List<CompletableFuture<List<List<ScoredItem>>>> answers = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                answers.add(batcher.submit(recommender, three, () -> false));
            }
            for (CompletableFuture<List<List<ScoredItem>>> answer : answers) {
                try {
                    assertThat(answer.join())
                            .hasSize(3)
                            .allSatisfy(items -> assertThat(items).hasSize(3));
                    answered++;
                } catch (CompletionException e) {
                    assertThat(e).hasCauseInstanceOf(RequestException.class).hasMessageContaining("overloaded");
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
        assertThat(answered).isPositive();
        assertThat(scored()).isEqualTo(3 * answered);
    }

    @Test
    void doesNotScoreWhatNobodyWaitsForAnyMore() {
        try (MicroBatcher batcher = batcher(1, 8, 1000)) {
            CompletableFuture<?> abandoned =
                    batcher.submit(recommender, List.of(session(1, 3), session(2, 3)), () -> true);
            CompletableFuture<List<ScoredItem>> wanted = submit(batcher, session(3, 3));
            assertThatThrownBy(abandoned::join).hasCauseInstanceOf(RequestException.class);
            assertThat(wanted.join()).hasSize(3);
        }
        assertThat(scored()).isEqualTo(1);
    }

    @Test
    void failsABrokenSessionAloneAndCountsNoneTwice() {
        Map<String, Object> event = new LinkedHashMap<>(session(1, 3).events().get(0));
        event.put(recommender.bundle().workflow().config().item(), "no number");
        SessionRequest broken = new SessionRequest(List.of(event), 3, RecommendOptions.defaults());
        try (MicroBatcher batcher = batcher(1, 40, 1000)) {
            List<CompletableFuture<List<ScoredItem>>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(submit(batcher, i % 20 == 7 ? broken : session(i % 60, 3)));
            }
            for (int i = 0; i < answers.size(); i++) {
                CompletableFuture<List<ScoredItem>> answer = answers.get(i);
                if (i % 20 == 7) {
                    assertThatThrownBy(answer::join).hasCauseInstanceOf(ClassCastException.class);
                } else {
                    assertThat(answer.join()).hasSize(3);
                }
            }
        }
        assertThat(scored()).isEqualTo(200);
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
        Recommender filtering = Recommender.load(folder.resolve("filtering"));
        try (MicroBatcher batcher = batcher(1, 8, 100)) {
            List<SessionRequest> sessions = IntStream.range(0, 40)
                    .mapToObj(i -> session(i % 2 == 0 ? 1 : 5, 3))
                    .toList();
            List<List<ScoredItem>> answers =
                    batcher.submit(filtering, sessions, () -> false).join();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i)).as("session " + i).hasSize(i % 2 == 0 ? 0 : 3);
            }
        }
    }
}

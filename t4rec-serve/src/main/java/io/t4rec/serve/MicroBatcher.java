package io.t4rec.serve;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation;
import io.t4rec.model.Recommender;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Scores sessions of concurrent requests together: a scoring thread takes whatever waits, up to a bound, in one forward pass. Nothing
 * waits for company, so an idle server answers at once and a busy one in larger batches.
 */
final class MicroBatcher implements AutoCloseable {
    private static final long POLL_MILLIS = 50;
    private static final long STOP_MILLIS = 10_000;

    private record Waiting(
            SessionRequest request, CompletableFuture<List<Recommendation.ScoredItem>> answer, long since) {}

    private final Recommender recommender;
    private final String session;
    private final BlockingQueue<Waiting> queue;
    private final int maxBatch;
    private final int capacity;
    private final List<Thread> threads = new ArrayList<>();
    private final Timer queueTime;
    private final Timer scoreTime;
    private final DistributionSummary batchSize;
    private volatile boolean closed;

    MicroBatcher(Recommender recommender, ServerConfig config, MeterRegistry meters) {
        this.recommender = recommender;
        this.session = recommender.bundle().workflow().config().session();
        this.queue = new ArrayBlockingQueue<>(config.queueCapacity());
        this.capacity = config.queueCapacity();
        this.maxBatch = config.maxBatch();
        this.queueTime =
                Timer.builder("t4rec.queue").publishPercentileHistogram().register(meters);
        this.scoreTime =
                Timer.builder("t4rec.score").publishPercentileHistogram().register(meters);
        this.batchSize = DistributionSummary.builder("t4rec.batch.size").register(meters);
        meters.gaugeCollectionSize("t4rec.queue.size", List.of(), queue);
        int count = config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(this::work, "t4rec-score-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Answers when its turn has come; fails with {@link OverloadedException} at once when the queue is full. */
    CompletableFuture<List<Recommendation.ScoredItem>> submit(SessionRequest request) {
        CompletableFuture<List<Recommendation.ScoredItem>> answer = new CompletableFuture<>();
        if (closed || !queue.offer(new Waiting(request, answer, System.nanoTime()))) {
            answer.completeExceptionally(new OverloadedException(capacity));
        }
        return answer;
    }

    private void work() {
        while (!closed || !queue.isEmpty()) {
            try {
                Waiting first = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    List<Waiting> batch = new ArrayList<>(List.of(first));
                    queue.drainTo(batch, maxBatch - 1);
                    score(batch);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void score(List<Waiting> batch) {
        long start = System.nanoTime();
        batch.forEach(waiting -> queueTime.record(start - waiting.since, TimeUnit.NANOSECONDS));
        batchSize.record(batch.size());
        try {
            int k = batch.stream()
                    .mapToInt(waiting -> waiting.request.k())
                    .max()
                    .orElseThrow();
            List<RecommendOptions> options =
                    batch.stream().map(waiting -> waiting.request.options()).toList();
            List<Recommendation> found = recommender.recommend(
                    table(batch.stream()
                            .map(waiting -> waiting.request.events())
                            .toList()),
                    k,
                    options);
            // a workflow may keep no event of a session, which then has no answer
            Map<String, List<Recommendation.ScoredItem>> bySession = new HashMap<>();
            found.forEach(one -> bySession.put(String.valueOf(one.session()), one.items()));
            for (int i = 0; i < batch.size(); i++) {
                List<Recommendation.ScoredItem> items = bySession.getOrDefault(String.valueOf(i), List.of());
                batch.get(i)
                        .answer
                        .complete(items.subList(
                                0, Math.min(items.size(), batch.get(i).request.k())));
            }
        } catch (RuntimeException | Error e) {
            if (batch.size() > 1) {
                // one bad session must not fail its neighbours
                batch.forEach(waiting -> score(List.of(waiting)));
            } else {
                batch.get(0).answer.completeExceptionally(e);
            }
        }
        scoreTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }

    /** All sessions in one table, each under a session id of its own, in order. */
    private Table table(List<List<Map<String, @Nullable Object>>> sessions) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (ColumnSchema column : recommender.inputSchema().columns()) {
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = 0; i < sessions.size(); i++) {
                for (Map<String, @Nullable Object> event : sessions.get(i)) {
                    values.add(column.name().equals(session) ? (Object) (long) i : event.get(column.name()));
                }
            }
            columns.put(column.name(), column(column, values));
        }
        return Table.of(columns);
    }

    private static Column column(ColumnSchema schema, List<@Nullable Object> values) {
        if (schema.dtype() == DType.STRING) {
            return new Column.Strings(
                    values.stream().map(v -> v == null ? null : v.toString()).toArray(String[]::new));
        }
        BitSet nulls = new BitSet();
        for (int i = 0; i < values.size(); i++) {
            nulls.set(i, values.get(i) == null);
        }
        return schema.dtype().isFloating()
                ? new Column.Doubles(
                        values.stream()
                                .mapToDouble(v -> v == null ? 0 : (Double) v)
                                .toArray(),
                        nulls)
                : new Column.Longs(
                        values.stream().mapToLong(v -> v == null ? 0 : (Long) v).toArray(), nulls);
    }

    /** Takes no more sessions, answers those that wait, ends the threads. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            try {
                thread.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        List<Waiting> rest = new ArrayList<>();
        queue.drainTo(rest);
        rest.forEach(waiting -> waiting.answer.completeExceptionally(new OverloadedException(capacity)));
    }
}

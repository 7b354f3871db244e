package io.t4rec.serve;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.t4rec.model.Recommendation;
import io.t4rec.model.Recommendation.ScoredItem;
import io.t4rec.model.Recommender;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Scores sessions of concurrent requests together: a scoring thread takes whatever waits, up to a bound, in one forward pass. Nothing
 * waits for company, so an idle server answers at once and a busy one in larger batches.
 */
final class MicroBatcher implements AutoCloseable {
    private static final long STOP_MILLIS = 10_000;

    private record Waiting(
            Recommender recommender,
            SessionRequest request,
            BooleanSupplier abandoned,
            CompletableFuture<List<ScoredItem>> answer,
            long since) {}

    private final Queue<Waiting> queue = new ArrayDeque<>(); // guarded by itself, as is closed
    private final int maxBatch;
    private final int capacity;
    private final List<Thread> threads = new ArrayList<>();
    private final Timer queueTime;
    private final Timer scoreTime;
    private final DistributionSummary batchSize;
    private boolean closed;

    MicroBatcher(ServerConfig config, MeterRegistry meters) {
        this.capacity = config.queueCapacity();
        this.maxBatch = config.maxBatch();
        this.queueTime =
                Timer.builder("t4rec.queue").publishPercentileHistogram().register(meters);
        this.scoreTime =
                Timer.builder("t4rec.score").publishPercentileHistogram().register(meters);
        this.batchSize = DistributionSummary.builder("t4rec.batch.size").register(meters);
        Gauge.builder("t4rec.queue.size", this, MicroBatcher::waiting).register(meters);
        int count = config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(this::work, "t4rec-score-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Sessions that wait. */
    int waiting() {
        synchronized (queue) {
            return queue.size();
        }
    }

    /**
     * Scores the sessions of one request when their turn has come. Either all of them are taken or, when the queue can't hold
     * them, none: the answer then fails at once with status 503.
     *
     * @param abandoned true as soon as nobody wants the answer any more; a session whose turn comes then is not scored
     */
    CompletableFuture<List<List<ScoredItem>>> submit(
            Recommender recommender, List<SessionRequest> sessions, BooleanSupplier abandoned) {
        long now = System.nanoTime();
        List<Waiting> all = sessions.stream()
                .map(session -> new Waiting(recommender, session, abandoned, new CompletableFuture<>(), now))
                .toList();
        synchronized (queue) {
            if (closed) {
                return CompletableFuture.failedFuture(RequestException.unavailable("server: stopping"));
            }
            if (all.size() > capacity - queue.size()) {
                return CompletableFuture.failedFuture(RequestException.unavailable("overloaded: " + queue.size()
                        + " sessions wait, " + all.size() + " more (expected: at most " + capacity
                        + " in all; try again)"));
            }
            queue.addAll(all);
            queue.notifyAll();
        }
        return CompletableFuture.allOf(all.stream().map(Waiting::answer).toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        all.stream().map(waiting -> waiting.answer.join()).toList());
    }

    private void work() {
        try {
            for (List<Waiting> batch = take(); !batch.isEmpty(); batch = take()) {
                long now = System.nanoTime();
                List<Waiting> wanted = new ArrayList<>();
                for (Waiting waiting : batch) {
                    queueTime.record(now - waiting.since, TimeUnit.NANOSECONDS);
                    if (waiting.abandoned.getAsBoolean()) {
                        waiting.answer.completeExceptionally(RequestException.unavailable("timeout: waited too long"));
                    } else {
                        wanted.add(waiting);
                    }
                }
                // more than one recommender only in the moment after a load
                wanted.stream()
                        .collect(Collectors.groupingBy(Waiting::recommender))
                        .forEach(this::measured);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What waits, up to the bound; empty only when nothing waits and nothing will come. */
    private List<Waiting> take() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty() && !closed) {
                queue.wait();
            }
            List<Waiting> batch = new ArrayList<>();
            while (!queue.isEmpty() && batch.size() < maxBatch) {
                batch.add(queue.remove());
            }
            return batch;
        }
    }

    private void measured(Recommender recommender, List<Waiting> batch) {
        long start = System.nanoTime();
        batchSize.record(batch.size());
        score(recommender, batch);
        scoreTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }

    private static void score(Recommender recommender, List<Waiting> batch) {
        try {
            answer(recommender, batch);
        } catch (RuntimeException | Error e) {
            if (batch.size() == 1) {
                batch.get(0).answer.completeExceptionally(e);
            } else {
                // one bad session must not fail its neighbours
                batch.forEach(waiting -> score(recommender, List.of(waiting)));
            }
        }
    }

    private static void answer(Recommender recommender, List<Waiting> batch) {
        List<SessionRequest> requests = batch.stream().map(Waiting::request).toList();
        int k = requests.stream().mapToInt(SessionRequest::k).max().orElseThrow();
        List<Recommendation> found = recommender.recommend(
                SessionTable.of(recommender, requests),
                k,
                requests.stream().map(SessionRequest::options).toList());
        // a workflow may keep no event of a session, which then has no answer
        Map<String, List<ScoredItem>> bySession = new HashMap<>();
        found.forEach(one -> bySession.put(place(one.session()), one.items()));
        for (int i = 0; i < batch.size(); i++) {
            List<ScoredItem> items = bySession.getOrDefault(String.valueOf(i), List.of());
            batch.get(i)
                    .answer
                    .complete(items.subList(
                            0, Math.min(items.size(), requests.get(i).k())));
        }
    }

    /** A session id that {@link SessionTable} gave, as the workflow gives it back. */
    static String place(Object session) {
        return session instanceof Number number ? String.valueOf(number.longValue()) : session.toString();
    }

    /** Takes no more sessions, answers those that wait, ends the threads; after 10 seconds what still waits fails. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.notifyAll();
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        List<Waiting> rest;
        synchronized (queue) {
            rest = List.copyOf(queue);
            queue.clear();
        }
        rest.forEach(waiting -> waiting.answer.completeExceptionally(RequestException.unavailable("server: stopping")));
    }
}

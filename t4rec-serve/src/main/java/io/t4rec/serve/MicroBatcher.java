package io.t4rec.serve;

import io.t4rec.schema.DataException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores concurrent requests together. A few threads take what is waiting: the oldest request and the others of its model, up to
 * the largest batch. A lone request starts at once (or after the configured delay); under load batches form by themselves while
 * the threads are busy. The queue is bounded; what doesn't fit is refused instead of making everybody slow.
 */
public final class MicroBatcher implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(MicroBatcher.class);

    private final ServerConfig config;
    private final ServerMetrics metrics;
    private final List<Thread> threads = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int queuedSessions;
    private boolean closed;

    private record Waiting(
            RankingModel model,
            List<SessionRequest> sessions,
            long sinceNanos,
            long deadlineNanos,
            CompletableFuture<List<RankedItems>> answer) {}

    /** Starts the scoring threads. */
    public MicroBatcher(ServerConfig config, ServerMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
        metrics.queueSize(this::queuedSessions);
        for (int i = 0; i < config.threads(); i++) {
            Thread thread = new Thread(this::work, "t4rec-scoring-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * Hands in a request.
     *
     * @param sessions one or more, at most {@link ServerConfig#maxBatch()}
     * @param waitMillis how long it may wait before it is given up, capped by {@link ServerConfig#maxWaitMillis()}
     * @return an answer a session; fails with {@link RequestException} when it can't be answered, with the model's own exception
     *     when the model fails. Cancelling it while it waits saves the work
     */
    public CompletableFuture<List<RankedItems>> submit(
            RankingModel model, List<SessionRequest> sessions, long waitMillis) {
        if (sessions.isEmpty() || sessions.size() > config.maxBatch()) {
            return CompletableFuture.failedFuture(RequestException.badRequest(
                    "sessions: " + sessions.size() + " (expected: 1 to " + config.maxBatch() + ")"));
        }
        long now = System.nanoTime();
        long wait = TimeUnit.MILLISECONDS.toNanos(Math.min(waitMillis, config.maxWaitMillis()));
        Waiting waiting = new Waiting(model, List.copyOf(sessions), now, now + wait, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(RequestException.unavailable("the server is shutting down"));
            }
            if (queuedSessions + sessions.size() > config.maxQueue()) {
                return CompletableFuture.failedFuture(RequestException.unavailable("Exceeds maximum queue size: "
                        + queuedSessions + " sessions wait (expected: at most " + config.maxQueue() + ")"));
            }
            queue.add(waiting);
            queuedSessions += sessions.size();
            changed.signal();
        } finally {
            lock.unlock();
        }
        return waiting.answer();
    }

    /** Sessions waiting now. */
    public int queuedSessions() {
        lock.lock();
        try {
            return queuedSessions;
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try {
            for (List<Waiting> batch = take(); !batch.isEmpty(); batch = take()) {
                answer(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next batch; empty when closed and drained. */
    private List<Waiting> take() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                Waiting oldest = queue.peek();
                if (oldest == null) {
                    if (closed) {
                        return List.of();
                    }
                    changed.await();
                    continue;
                }
                long hold = TimeUnit.MICROSECONDS.toNanos(config.maxBatchDelayMicros())
                        - (System.nanoTime() - oldest.sinceNanos());
                if (hold <= 0 || closed || queuedSessions >= config.maxBatch()) {
                    return collect(oldest.model());
                }
                changed.awaitNanos(hold);
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Waiting> collect(RankingModel model) {
        List<Waiting> batch = new ArrayList<>();
        int sessions = 0;
        for (Iterator<Waiting> each = queue.iterator(); each.hasNext() && sessions < config.maxBatch(); ) {
            Waiting waiting = each.next();
            if (waiting.model() != model) {
                continue;
            }
            if (sessions + waiting.sessions().size() > config.maxBatch()) {
                break;
            }
            each.remove();
            batch.add(waiting);
            sessions += waiting.sessions().size();
        }
        queuedSessions -= sessions;
        if (!queue.isEmpty()) {
            changed.signal();
        }
        return batch;
    }

    private void answer(List<Waiting> batch) {
        List<Waiting> live = new ArrayList<>(batch.size());
        long now = System.nanoTime();
        for (Waiting waiting : batch) {
            metrics.waited(now - waiting.sinceNanos());
            if (now - waiting.deadlineNanos() > 0) {
                waiting.answer().completeExceptionally(RequestException.unavailable("Request timeout expired"));
            } else if (!waiting.answer().isDone()) {
                live.add(waiting);
            }
        }
        if (live.isEmpty()) {
            return;
        }
        Throwable fault = score(live);
        if (fault != null && live.size() > 1) {
            // Somebody's request broke the batch: each for itself, so that only that one fails.
            live.forEach(waiting -> fail(waiting, score(List.of(waiting))));
        } else {
            fail(live.get(0), fault);
        }
    }

    private static void fail(Waiting waiting, @Nullable Throwable fault) {
        if (fault != null) {
            waiting.answer().completeExceptionally(fault);
        }
    }

    /** Scores and answers; what went wrong, or null. */
    private @Nullable Throwable score(List<Waiting> live) {
        RankingModel model = live.get(0).model();
        List<SessionRequest> sessions =
                live.stream().flatMap(waiting -> waiting.sessions().stream()).toList();
        long start = System.nanoTime();
        List<RankedItems> ranked;
        try {
            ranked = List.copyOf(model.recommend(sessions));
            if (ranked.size() != sessions.size()) {
                throw new IllegalStateException("model " + model.name() + ": " + ranked.size() + " answers (expected: "
                        + sessions.size() + ")");
            }
        } catch (DataException | RequestException e) {
            return e;
        } catch (Throwable e) {
            // A scoring thread must outlive whatever a model throws.
            logger.error(
                    "model {} version {} failed on {} sessions", model.name(), model.version(), sessions.size(), e);
            return e;
        }
        metrics.scored(sessions.size(), System.nanoTime() - start);
        int from = 0;
        for (Waiting waiting : live) {
            int to = from + waiting.sessions().size();
            waiting.answer().complete(ranked.subList(from, to));
            from = to;
        }
        return null;
    }

    /** Refuses new requests, answers those that wait, and ends the threads. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}

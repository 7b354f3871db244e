package io.t4rec.serve;

import io.t4rec.data.Table;
import io.t4rec.model.Prediction;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation;
import io.t4rec.model.Recommender;
import io.t4rec.model.task.TaskValue;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.ModelFormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that answers requests. Its memory is freed when it was replaced and the last request that uses it has been answered: who
 * uses it holds it, as does the repository while it is the current one.
 */
final class ServedModel {
    private final String name;
    private final Recommender recommender;
    private final EventReader reader;
    private final Runnable free;
    private int holders = 1; // guarded by this

    /**
     * @param name that requests call it by
     *
     * @param free run when nobody uses the model any more
     */
    ServedModel(String name, Recommender recommender, Runnable free) {
        this.name = name;
        this.recommender = recommender;
        this.reader = new EventReader(recommender);
        this.free = free;
    }

    Recommender recommender() {
        return recommender;
    }

    EventReader reader() {
        return reader;
    }

    String name() {
        return name;
    }

    String version() {
        return recommender.modelVersion();
    }

    /**
     * Whether a request's path means this model.
     *
     * @param askedVersion null for any
     * @throws RequestException with status 404 when it doesn't
     */
    void check(String askedName, @Nullable String askedVersion) {
        if (!name.equals(askedName)) {
            throw RequestException.notFound("model: " + askedName + " (expected: " + name + ")");
        }
        if (askedVersion != null && !version().equals(askedVersion)) {
            throw RequestException.notFound("version: " + askedVersion + " (expected: " + version() + ")");
        }
    }

    /**
     * Scores one session that knows nothing but an item never seen, and predicts for it.
     *
     * @throws ModelFormatException when that fails: then no request could be answered either
     */
    void tryOut() {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        for (ColumnSchema column : reader.columns()) {
            event.put(column.name(), null);
        }
        event.put(reader.item().name(), reader.item().dtype() == DType.STRING ? "" : (Object) 0L);
        SessionRequest session =
                new SessionRequest(reader.session(List.of(event), "trial"), 1, RecommendOptions.defaults());
        List<Prediction> predicted = List.of();
        List<Recommendation> found = List.of();
        try {
            Table table = SessionTable.of(recommender, List.of(session));
            if (!recommender.bundle().model().heads().isEmpty()) {
                predicted = recommender.predict(table);
            }
            if (recommender.bundle().model().config().predictsNextItem()) {
                found = recommender.recommend(table, 1, session.options());
            }
        } catch (RuntimeException e) {
            throw new ModelFormatException("bundle: fails on a trial session: " + e.getMessage(), e);
        }
        boolean known = predicted.stream()
                .flatMap(one -> one.tasks().values().stream())
                .flatMap(task -> task.values().stream())
                .allMatch(TaskValue::isKnown);
        if (!known) {
            throw new ModelFormatException("bundle: predicts NaN for a trial session (expected: finite weights)");
        }
        if (found.stream().flatMap(one -> one.items().stream()).anyMatch(item -> Double.isNaN(item.score()))) {
            throw new ModelFormatException("bundle: scores NaN on a trial session (expected: finite weights)");
        }
    }

    /** Whether the caller may use it, and must {@link #release} it; false when it was replaced and freed. */
    synchronized boolean hold() {
        if (holders == 0) {
            return false;
        }
        holders++;
        return true;
    }

    void release() {
        boolean last;
        synchronized (this) {
            last = --holders == 0;
        }
        if (last) {
            free.run();
        }
    }
}

package io.t4rec.model;

import io.t4rec.data.Column;
import io.t4rec.data.SequenceBatch;
import io.t4rec.data.Table;
import io.t4rec.etl.RequestPipeline;
import io.t4rec.model.ranking.ItemFilter;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.model.ranking.RankedItems;
import io.t4rec.model.ranking.SimilarItems;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Raw events in, raw item ids out: the bundle's workflow, model and ranking in one call. Safe for many threads; a call runs on the
 * thread that makes it.
 */
public final class Recommender {
    private final Bundle bundle;
    private final RequestPipeline pipeline;
    private final ItemIds items;
    private final ItemRanker ranker;
    private final SimilarItems similar;
    private final String sessionColumn;

    /** Serves a bundle that is in memory. */
    public Recommender(Bundle bundle) {
        this.bundle = bundle;
        this.pipeline = bundle.workflow().requestPipeline();
        this.items = new ItemIds(
                bundle.workflow().vocabulary(bundle.workflow().config().item()));
        this.ranker = bundle.ranker();
        this.similar = new SimilarItems(
                bundle.model().itemTable().value(),
                bundle.model().config().head().firstItem());
        this.sessionColumn = bundle.workflow().config().session();
    }

    /**
     * Serves a bundle on disk.
     *
     * @throws io.t4rec.schema.ModelFormatException when it is damaged
     */
    public static Recommender load(Path directory) throws IOException {
        return new Recommender(Bundle.load(directory));
    }

    /** Version of the model that answers. */
    public String modelVersion() {
        return bundle.version();
    }

    public Bundle bundle() {
        return bundle;
    }

    /** Columns that events must have, but for those that the model predicts: they may be left out. */
    public Schema inputSchema() {
        return pipeline.inputSchema();
    }

    /**
     * Of {@link #inputSchema()} the columns of which a session has one value, that of its first event. All of its events may carry it.
     */
    public List<String> contextColumns() {
        return bundle.model().contextColumns().stream()
                .map(ColumnSchema::name)
                .filter(name -> inputSchema().contains(name))
                .toList();
    }

    /**
     * Recommends for every session among the events.
     *
     * @param events the columns of {@link #inputSchema()}; items never seen in training are tolerated
     * @param k most items to return, at least 1; fewer come when fewer may be recommended
     * @return one entry a session, in order of their first events
     * @throws DataException for missing columns or values of another type
     */
    public List<Recommendation> recommend(Table events, int k, RecommendOptions options) {
        Objects.requireNonNull(options, "options");
        return recommend(events, k, sessions -> Collections.nCopies(sessions, options));
    }

    /**
     * As {@link #recommend(Table, int, RecommendOptions)}, with options for each session, in order of their first events. Sessions
     * of which the workflow keeps no event are left out of the answer.
     *
     * @throws DataException also when there are not as many options as sessions
     */
    public List<Recommendation> recommend(Table events, int k, List<RecommendOptions> options) {
        return recommend(events, k, sessions -> {
            if (options.size() != sessions) {
                throw new DataException(
                        "options: " + options.size() + " (expected: " + sessions + ", one for each session)");
            }
            return options;
        });
    }

    /** @param optionsOf the options of so many sessions */
    private List<Recommendation> recommend(Table events, int k, IntFunction<List<RecommendOptions>> optionsOf) {
        checkK(k);
        if (!bundle.model().config().predictsNextItem()) {
            throw new DataException("model: predicts " + bundle.model().heads().names()
                    + " (expected: a model with the task next-item, to recommend items)");
        }
        if (events.rowCount() == 0) {
            return List.of();
        }
        Map<Object, RawSession> raw = rawSessions(events);
        List<RecommendOptions> options = optionsOf.apply(raw.size());
        Table sequences = pipeline.transform(withTargets(events));
        if (sequences.rowCount() == 0) {
            return List.of();
        }
        SequenceBatch batch = newest(RequestBatch.of(sequences, bundle.model()));
        Column sessions = sequences.column(sessionColumn);
        List<RawSession> asked = new ArrayList<>();
        List<ItemFilter> filters = new ArrayList<>();
        ItemIds.Filters translated = items.new Filters();
        for (int row = 0; row < batch.rowCount(); row++) {
            RawSession session = Objects.requireNonNull(raw.get(key(sessions, row)), "session");
            asked.add(session);
            filters.add(translated.of(options.get(session.index), session.items));
        }
        SortedMap<Integer, Recommendation> out = new TreeMap<>(); // by the session's place in the request
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            List<RankedItems> found = ranker.top(bundle.model().queries(batch), filters, k);
            for (int row = 0; row < found.size(); row++) {
                out.put(asked.get(row).index, new Recommendation(key(sessions, row), scored(found.get(row))));
            }
        }
        return List.copyOf(out.values());
    }

    /**
     * Predicts by the tasks of the model that have a target, for every session among the events.
     *
     * @param events as for {@link #recommend}; columns that are targets may be left out and never count
     * @return one entry a session of which the workflow keeps an event, in order of their first events
     * @throws DataException as {@link #recommend}, and for a model without such a task
     */
    public List<Prediction> predict(Table events) {
        if (bundle.model().heads().isEmpty()) {
            throw new DataException("model: the next item is its only task (expected: one trained with model.heads)");
        }
        if (events.rowCount() == 0) {
            return List.of();
        }
        Map<Object, RawSession> raw = rawSessions(events);
        Table sequences = pipeline.transform(withTargets(events));
        if (sequences.rowCount() == 0) {
            return List.of();
        }
        SequenceBatch batch = bundle.model().newest(RequestBatch.of(sequences, bundle.model()));
        Column sessions = sequences.column(sessionColumn);
        SortedMap<Integer, Prediction> out = new TreeMap<>(); // by the session's place in the request
        for (Prediction one : SessionPredictions.of(bundle, batch, row -> key(sessions, row))) {
            out.put(Objects.requireNonNull(raw.get(one.session()), "session").index, one);
        }
        return List.copyOf(out.values());
    }

    /** With columns of nothing for targets that the events lack. */
    private Table withTargets(Table events) {
        Table all = events;
        for (ColumnSchema column : inputSchema().columns()) {
            boolean target = bundle.model().heads().targetColumns().contains(column.name());
            if (target && !events.contains(column.name())) {
                all = all.with(column.name(), Column.missing(column.dtype(), events.rowCount()));
            }
        }
        return all;
    }

    private static Object key(Column sessions, int row) {
        return Objects.requireNonNullElse(sessions.value(row), "");
    }

    /**
     * Scores given items for every session among the events.
     *
     * @param events as for {@link #recommend}
     * @param candidates raw item ids, at least one; those that are {@link #unknown} get no score
     * @return one entry a session, in order of their first events; the candidates best first, each once
     * @throws DataException as {@link #recommend}, and for no candidates
     */
    public List<Recommendation> score(Table events, Collection<?> candidates) {
        if (candidates.isEmpty()) {
            throw new DataException("candidates: none (expected: at least one item id)");
        }
        RecommendOptions options = new RecommendOptions(false, new HashSet<>(candidates), Set.of());
        return recommend(events, candidates.size(), options);
    }

    /**
     * Items with vectors like that of an item, which is itself left out.
     *
     * @param item raw id
     * @param k most items to return, at least 1; fewer come when fewer may
     * @return best first
     * @throws DataException for k below 1 and an item that is {@link #unknown}
     */
    public List<Recommendation.ScoredItem> similar(Object item, int k, SimilarOptions options) {
        checkK(k);
        Objects.requireNonNull(item, "item");
        if (!unknown(List.of(item)).isEmpty()) {
            throw new DataException("item: " + item + " (expected: an item of the training data)");
        }
        ItemFilter filter = items.filter(options.allow(), items.ids(options.deny()));
        return scored(similar.of(items.id(item), options.measure(), filter, k));
    }

    /** Of raw item ids those that training never saw, in their order. */
    public List<Object> unknown(Collection<?> raw) {
        return raw.stream()
                .<Object>map(item -> item)
                .filter(item -> items.raw(items.id(item)) == null)
                .toList();
    }

    private static void checkK(int k) {
        if (k < 1) {
            throw new DataException("k: " + k + " (expected: >= 1)");
        }
    }

    /** A session as asked about: which one it is, and the ids of all its items, also of those too old for the model. */
    private record RawSession(int index, Set<Integer> items) {}

    private Map<Object, RawSession> rawSessions(Table events) {
        Map<Object, RawSession> sessions = new HashMap<>();
        Column session = events.column(sessionColumn);
        Column item = events.column(bundle.workflow().config().item());
        for (int row = 0; row < events.rowCount(); row++) {
            sessions.computeIfAbsent(key(session, row), missing -> new RawSession(sessions.size(), new HashSet<>()))
                    .items
                    .add(items.id(item.value(row)));
        }
        return sessions;
    }

    /**
     * As many newest events as there are before the last one in the longest training sequence: the model has learned nothing at
     * positions beyond, and evaluation doesn't use them.
     */
    private SequenceBatch newest(SequenceBatch batch) {
        int longest = bundle.model().config().transformer().totalSeqLength();
        if (bundle.model().schema().itemId().shape() instanceof ColumnShape.Ragged ragged && ragged.max() > 0) {
            longest = (int) Math.min(longest, ragged.max());
        }
        int[] rows = IntStream.range(0, batch.rowCount()).toArray();
        return batch.rows(rows, Math.max(1, longest - 1));
    }

    private List<Recommendation.ScoredItem> scored(RankedItems ranked) {
        List<Recommendation.ScoredItem> found = new ArrayList<>(ranked.size());
        for (int i = 0; i < ranked.size(); i++) {
            Object item = items.raw(ranked.ids()[i]);
            if (item != null) {
                found.add(new Recommendation.ScoredItem(item, ranked.scores()[i]));
            }
        }
        return found;
    }
}

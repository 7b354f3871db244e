package io.t4rec.model.ranking;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores every item, by blocks of the table that give no more scores than fit into a core's cache, and keeps the best: no sort, no
 * array of all scores, and one pass over the table for all queries of a call. Where a filter has a list of allowed items, only these
 * are scored.
 */
public final class ExactRanker implements ItemRanker {
    /** Scores of one block, all queries together: 256 KiB. */
    private static final int BLOCK_SCORES = 1 << 16;

    private static final int MAX_BLOCK_ITEMS = 1 << 14;
    private static final int MAX_QUERIES = 64;
    /** Up to so many, one product of matrix and vector each takes less time than one of matrices; measured with 40,000 items. */
    private static final int FEW_QUERIES = 4;

    /** Takes the scores that consecutive items have for one query. */
    @FunctionalInterface
    private interface Block {
        void take(int query, int firstId, float[] scores, int offset, int count);
    }

    private final Tensor table;
    private final int firstItem;
    private final float @Nullable [] scale;

    /**
     * @param table {@code [items, width]}, outside all scopes; seen as it is at each call
     * @param firstItem smallest id that is an item
     */
    public ExactRanker(Tensor table, long firstItem) {
        this(table, firstItem, null);
    }

    /** @param scale by which each item's score is multiplied; null for 1 */
    ExactRanker(Tensor table, long firstItem, float @Nullable [] scale) {
        this.table = table;
        this.firstItem = Math.toIntExact(Math.min(firstItem, table.size(0)));
        this.scale = scale;
    }

    @Override
    public List<RankedItems> top(Tensor queries, List<ItemFilter> filters, int k) {
        ItemRanker.check(queries, filters, k);
        RankedItems[] found = new RankedItems[filters.size()];
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            List<Integer> open = new ArrayList<>();
            for (int i = 0; i < found.length; i++) {
                int[] allow = filters.get(i).allow();
                if (allow == null) {
                    open.add(i);
                } else {
                    found[i] = among(queries.select(0, i), allow, filters.get(i), k);
                }
            }
            for (int from = 0; from < open.size(); from += MAX_QUERIES) {
                List<Integer> together = open.subList(from, Math.min(open.size(), from + MAX_QUERIES));
                TopItems[] best = together.stream()
                        .map(i -> new TopItems(capacity(k, itemCount() - firstItem), filters.get(i)))
                        .toArray(TopItems[]::new);
                pass(
                        rows(queries, together),
                        together.size() <= FEW_QUERIES,
                        (query, firstId, scores, offset, items) ->
                                best[query].offerAll(firstId, scores, offset, items));
                for (int i = 0; i < best.length; i++) {
                    found[together.get(i)] = best[i].ranked();
                }
            }
        }
        return Arrays.asList(found);
    }

    @Override
    public int[] ranks(Tensor queries, int[] targets, List<ItemFilter> filters) {
        ItemRanker.check(queries, filters, 1);
        int[] ranks = new int[targets.length];
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            for (int from = 0; from < ranks.length; from += MAX_QUERIES) {
                int count = Math.min(MAX_QUERIES, ranks.length - from);
                try (Scope part = Scope.open()) {
                    Tensor rows = queries.narrow(0, from, count);
                    TargetRank[] counted = new TargetRank[count];
                    float[] own = ownScores(rows, Arrays.copyOfRange(targets, from, from + count));
                    for (int i = 0; i < count; i++) {
                        counted[i] = new TargetRank(targets[from + i], own[i], filters.get(from + i));
                    }
                    pass(
                            rows,
                            count == 1,
                            (query, firstId, scores, offset, items) ->
                                    counted[query].count(firstId, scores, offset, items));
                    for (int i = 0; i < count; i++) {
                        ranks[from + i] = counted[i].rank();
                    }
                }
            }
        }
        return ranks;
    }

    /** By a product of matrices, as the scores they are compared with: other kernels would round otherwise. */
    private float[] ownScores(Tensor queries, int[] targets) {
        int n = targets.length;
        float[] products = queries.matmul(rows(targets, 0, n).transpose(0, 1)).toFloats(); // (n, n)
        float[] own = new float[n];
        for (int i = 0; i < n; i++) {
            own[i] = products[i * n + i] * (scale == null ? 1 : scale[targets[i]]);
        }
        return own;
    }

    /** Rows of the table by id. */
    private Tensor rows(int[] ids, int from, int count) {
        long[] rows = new long[count];
        for (int i = 0; i < count; i++) {
            rows[i] = Objects.checkIndex(ids[from + i], itemCount());
        }
        return table.indexSelect(0, Tensors.of(rows).to(table.device()));
    }

    private int itemCount() {
        return Math.toIntExact(table.size(0));
    }

    private static int capacity(int k, int items) {
        return Math.max(1, Math.min(k, items));
    }

    private static Tensor rows(Tensor queries, List<Integer> rows) {
        return rows.size() == queries.size(0)
                ? queries
                : queries.indexSelect(
                        0,
                        Tensors.of(rows.stream().mapToLong(Integer::longValue).toArray())
                                .to(queries.device()));
    }

    /**
     * One pass over the table for some queries {@code [n, width]}.
     *
     * @param oneByOne whether a block is multiplied with one query after the other, quicker for a few than a product of matrices
     */
    private void pass(Tensor queries, boolean oneByOne, Block taker) {
        int n = Math.toIntExact(queries.size(0));
        int items = itemCount();
        int blockItems = Math.max(1, Math.min(Math.min(MAX_BLOCK_ITEMS, BLOCK_SCORES / n), items - firstItem));
        Tensor buffer = Tensors.empty(DataType.FLOAT32, (long) n * blockItems).to(table.device());
        float[] scores = new float[n * blockItems];
        for (int start = firstItem; start < items; start += blockItems) {
            int count = Math.min(blockItems, items - start);
            try (Scope block = Scope.open()) {
                Tensor rows = table.narrow(0, start, count); // (b, d)
                Tensor target = count == blockItems ? buffer : buffer.narrow(0, 0, (long) n * count);
                if (oneByOne) { // the block stays in the cache from query to query
                    for (int i = 0; i < n; i++) {
                        target.narrow(0, (long) i * count, count).matrixVectorInto(rows, queries.select(0, i));
                    }
                } else {
                    target.unflatten(0, n, count).matmulInto(queries, rows.transpose(0, 1)); // (n, b)
                }
                target.readInto(scores);
            }
            for (int i = 0; i < n; i++) {
                rescale(scores, i * count, start, count);
                taker.take(i, start, scores, i * count, count);
            }
        }
    }

    private void rescale(float[] scores, int offset, int firstId, int count) {
        if (scale != null) {
            for (int i = 0; i < count; i++) {
                scores[offset + i] *= scale[firstId + i];
            }
        }
    }

    private RankedItems among(Tensor query, int[] allow, ItemFilter filter, int k) {
        int[] ids = IntStream.of(allow)
                .filter(id -> id >= firstItem && id < itemCount())
                .toArray();
        TopItems best = new TopItems(capacity(k, ids.length), filter);
        float[] scores = scores(query, ids);
        for (int i = 0; i < ids.length; i++) {
            best.offer(ids[i], scores[i]);
        }
        return best.ranked();
    }

    @Override
    public float[] scores(Tensor query, int[] ids) {
        float[] scores = new float[ids.length];
        float[] part = new float[Math.min(MAX_BLOCK_ITEMS, ids.length)];
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            for (int start = 0; start < ids.length; start += MAX_BLOCK_ITEMS) {
                int count = Math.min(MAX_BLOCK_ITEMS, ids.length - start);
                try (Scope block = Scope.open()) {
                    rows(ids, start, count).matrixVector(query).readInto(part);
                }
                for (int i = 0; i < count; i++) {
                    scores[start + i] = scale == null ? part[i] : part[i] * scale[ids[start + i]];
                }
            }
        }
        return scores;
    }
}

package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.ranking.ItemFilter;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.nn.Pass;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.schema.DivergenceException;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where a model ranks the items that came next.
 *
 * @param exclusion items of the row before the target that don't compete
 * @param ranker of the model's items
 */
record NextItemRanks(SessionModel model, Exclusion exclusion, ItemRanker ranker) {
    /** Prefixes that are computed together, as many as an evaluation's batch usually has rows: long sessions have thousands. */
    private static final int PREFIXES = 256;

    /**
     * Ranks as {@link SessionModel#ranks} says.
     *
     * @param allPositions whether every item but the first of a row is a target, else its last item alone
     */
    int[] of(SequenceBatch batch, boolean allPositions) {
        boolean tooLong = batch.maxLength() > model.config().transformer().totalSeqLength();
        if (allPositions
                && (tooLong
                        || !model.config().masking().predictsEveryPosition()
                        || model.body().dependsOnLength())) {
            return Prefixes.parts(batch, PREFIXES)
                    .flatMapToInt(part -> Arrays.stream(of(part, false)))
                    .toArray();
        }
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            MaskedBatch masked = model.mask(
                    model.newest(batch),
                    allPositions ? Mode.EVALUATE_ALL : Mode.EVALUATE_LAST,
                    RandomGenerator.of("L64X128MixRandom"));
            Targets targets = Targets.of(masked.masked(), 0, batch.rowCount());
            return targets.count() == 0 ? new int[0] : rank(masked, targets, batch);
        }
    }

    private int[] rank(MaskedBatch masked, Targets targets, SequenceBatch whole) {
        Tensor hidden = model.hidden(BatchRows.all(masked), targets.outputs(), Pass.inference());
        List<int[]> excluded = excluded(masked, targets, whole);
        int[] items = ids(targets.items());
        int[] ranks = ranker.ranks(
                hidden,
                items,
                excluded.stream().map(some -> ItemFilter.of(null, some)).toList());
        for (int i = 0; i < ranks.length; i++) {
            int target = items[i];
            if (ranks[i] == ItemRanker.LAST) {
                throw DivergenceException.ofModel("the score of item id " + target);
            }
            if (target < model.firstItem()) {
                ranks[i] = 0;
            } else if (Arrays.stream(excluded.get(i)).anyMatch(id -> id == target)) {
                ranks[i] = ItemRanker.LAST;
            }
        }
        return ranks;
    }

    /** For each target the ids left out, of those that lie before it in the whole row; {@code batch} may hold its newest part. */
    private List<int[]> excluded(MaskedBatch batch, Targets targets, SequenceBatch whole) {
        MaskedSequences masked = batch.masked();
        long[] items = whole.longs(model.schema().itemId().name());
        boolean causal = masked.pattern() == AttentionPattern.Kind.CAUSAL;
        int columns = masked.longest(0, masked.rows());
        List<int[]> excluded = new ArrayList<>(targets.count());
        for (long position : targets.positions()) {
            int row = (int) (position / columns);
            int column = (int) (position % columns);
            int older = whole.length(row) - batch.batch().length(row);
            int start = whole.offsets()[row];
            excluded.add(ids(exclusion.of(items, start, start + older + (causal ? column + 1 : column))));
        }
        return excluded;
    }

    private static int[] ids(long[] items) {
        return Arrays.stream(items).mapToInt(Math::toIntExact).toArray();
    }
}

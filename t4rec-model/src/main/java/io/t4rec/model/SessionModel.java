package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.input.SequenceInput;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.ranking.ExactRanker;
import io.t4rec.model.ranking.ItemFilter;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.nn.LocalRows;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Initializers;
import io.t4rec.nn.layer.Linear;
import io.t4rec.nn.loss.CatalogueCrossEntropy;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.loss.SampledLoss;
import io.t4rec.nn.sampling.ItemFrequencies;
import io.t4rec.nn.sampling.NegativeSampler;
import io.t4rec.nn.sampling.Negatives;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.nn.transformer.BodyInput;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Predicts the next item of a session: input features, masking, transformer, scores over the catalogue. Weights only: passes over
 * it share nothing, so one model serves many threads at inference; training workers use {@link #replica replicas}.
 */
public final class SessionModel extends Module {
    private static final double MASK_DEVIATION = 0.001;

    private final ModelConfig config;
    private final Schema schema;
    private final SequenceInput input;
    private final Parameter maskEmbedding;
    private final TransformerBody body;
    private final @Nullable EventTimes times;
    private final @Nullable Linear toItemWidth;
    private final @Nullable Parameter ownTable;
    private final long itemCount;

    private SessionModel(ModelConfig config, Schema schema, Generator generator) {
        this.config = config;
        this.schema = schema;
        this.times = EventTimes.in(schema);
        this.itemCount = schema.itemId().cardinality();
        config.head().loss().check(itemCount, config.head().firstItem());
        this.body = config.transformer().toConfig().create(generator);
        this.input = child("input", new SequenceInput(config.input(), schema, body.inputWidth(), generator));
        this.maskEmbedding =
                parameter("masked_item_embedding", Initializers.normal(MASK_DEVIATION, generator, body.inputWidth()));
        child("transformer", body);
        long itemWidth = input.itemTable().table().value().size(1);
        boolean tied = config.head().weightTying();
        toItemWidth = tied && itemWidth != body.outputWidth()
                ? child("head.projection", Linear.fanIn(body.outputWidth(), itemWidth, true, generator))
                : null;
        ownTable = tied
                ? null
                : parameter(
                        "head.output_layer.weight",
                        Initializers.fanIn(body.outputWidth(), generator, itemCount, body.outputWidth()));
    }

    /**
     * A model with fresh weights.
     *
     * @param schema of the sequences: list columns, one tagged as item id, ids with domains
     * @param seed of the weights
     */
    public static SessionModel create(ModelConfig config, Schema schema, long seed) {
        // parameters outlive the scope; what they were made from would wait for the garbage collector
        try (Scope scope = Scope.open()) {
            return new SessionModel(config, schema, new Generator(seed));
        }
    }

    /** The same model for another worker: shares the weights, has gradients of its own. */
    public SessionModel replica() {
        SessionModel replica = create(config, schema, 0);
        replica.shareParametersOf(this);
        return replica;
    }

    public ModelConfig config() {
        return config;
    }

    /** Of the sequences it takes. */
    public Schema schema() {
        return schema;
    }

    /** Those of the schema's columns with one value a row that the model looks at. */
    public List<ColumnSchema> contextColumns() {
        return SequenceInput.contextColumns(config.input(), schema);
    }

    /** Number of item ids, the special ones included. */
    public long itemCount() {
        return itemCount;
    }

    /** Output layer, {@code [itemCount, width]}: the item embedding itself when tied. */
    public Parameter itemTable() {
        return ownTable == null ? input.itemTable().table() : ownTable;
    }

    /** What queries are multiplied with, {@code [itemCount, width]}: the values of {@link #itemTable}, seen as they are at each time. */
    public Tensor itemVectors() {
        return itemTable().value();
    }

    /** Ranks by the item table as it is at each call; for any number of threads. */
    public ExactRanker exactRanker() {
        return new ExactRanker(itemVectors(), config.head().firstItem());
    }

    /**
     * The loss of this model's settings. One for each thread.
     *
     * @param frequencies of the training data; needed exactly when {@link LossConfig#needsFrequencies}
     */
    public ItemLoss newLoss(@Nullable ItemFrequencies frequencies) {
        return config.head().loss().create(config.head(), itemCount, frequencies);
    }

    /**
     * What draws negatives for the loss of this model's settings, or null when that compares all items. One for each run.
     *
     * @param frequencies of the training data; needed exactly when {@link LossConfig#needsFrequencies}
     */
    public @Nullable NegativeSampler newSampler(@Nullable ItemFrequencies frequencies) {
        return config.head().loss().createSampler(config.head(), itemCount, frequencies);
    }

    /** Draws the masking of a batch. */
    public MaskedBatch mask(SequenceBatch batch, Mode mode, RandomGenerator random) {
        long[] items = batch.longs(schema.itemId().name());
        return new MaskedBatch(batch, config.masking().apply(items, batch.offsets(), mode, random));
    }

    /**
     * Forward pass, loss and backward pass over some rows; gradients add to those this replica's parameters have. With a sampled loss
     * nothing touches the catalogue beyond inputs, targets and negatives, and when the pass asks for row gradients, those of the item
     * tables are left as {@link Parameter#rowGradient()}. The full softmax touches all items: its gradients are always dense.
     *
     * @param batch with negatives when the loss is a sampled one
     * @param from first row
     * @param to row after the last
     * @param denominator the summed loss is divided by it for the gradients: the targets of the whole batch
     * @return sum of the losses of these rows' targets, not divided
     */
    public double trainStep(MaskedBatch batch, int from, int to, double denominator, Pass pass, ItemLoss loss) {
        Targets targets = Targets.of(batch.masked(), from, to);
        if (targets.count() == 0) {
            return 0;
        }
        if (loss instanceof SampledLoss sampled) {
            return sampledStep(batch, from, to, targets, denominator, pass, sampled);
        }
        CatalogueCrossEntropy whole = (CatalogueCrossEntropy) loss;
        Tensor hidden = hidden(batch, from, to, targets.positions(), pass); // (n, width)
        Parameter table = itemTable();
        Tensor ids = Tensors.of(targets.items()).to(hidden.device());
        ItemLoss.Result result = whole.lossAndGradients(
                hidden, table.value(), ids, denominator, table.denseGradient(), pass.precision());
        pass.backward(hidden, result.hiddenGradient());
        return result.lossSum();
    }

    private double sampledStep(
            MaskedBatch batch, int from, int to, Targets targets, double denominator, Pass pass, SampledLoss loss) {
        Negatives negatives = Objects.requireNonNull(
                batch.negatives(), "negatives: none (expected: a batch with negatives, for a sampled loss)");
        long[] inputs = input.items(batch.batch(), batch.masked(), from, to);
        Parameter embedding = input.itemTable().table();
        boolean tied = ownTable == null;
        LocalRows output = LocalRows.of(itemTable(), targets.items(), negatives.items(), tied ? inputs : new long[0]);
        List<LocalRows> used = tied ? List.of(output) : List.of(output, LocalRows.of(embedding, inputs));
        Tensor hidden = hidden(batch, from, to, targets.positions(), pass.withLocalRows(used)); // (n, width)
        ItemLoss.Result result = loss.lossAndGradients(hidden, output, targets.items(), negatives, denominator);
        pass.backward(hidden, result.hiddenGradient());
        used.forEach(rows -> rows.addGradientToTable(pass.rowGradients()));
        return result.lossSum();
    }

    /** Hidden states at the given positions, ready to be compared with the item table: {@code [n, width]}. */
    Tensor hidden(MaskedBatch batch, int from, int to, long[] positions, Pass pass) {
        Tensor states = states(batch, from, to, pass).flatten(0, 1); // (B * L, D)
        Tensor picked = states.indexSelect(0, Tensors.of(positions).to(states.device())); // (n, D)
        return toItemWidth == null ? picked : toItemWidth.forward(picked);
    }

    private Tensor states(MaskedBatch batch, int from, int to, Pass pass) {
        MaskedSequences masked = batch.masked();
        int length = masked.longest(from, to);
        Tensor x = input.forward(
                batch.batch(), masked, from, to, pass, maskEmbedding.value().device()); // (B, L, D)
        if (masked.hasReplacements()) {
            boolean[] replaced = new boolean[(to - from) * length];
            for (int row = from; row < to; row++) {
                System.arraycopy(masked.replaced(), row * masked.length(), replaced, (row - from) * length, length);
            }
            Tensor where = Tensors.of(replaced, to - from, length).unsqueeze(-1).to(x.device());
            x = maskEmbedding.value().where(where, x);
        }
        AttentionPattern pattern = masked.pattern() == AttentionPattern.Kind.CAUSAL
                ? AttentionPattern.CAUSAL
                : AttentionPattern.BIDIRECTIONAL;
        Tensor padding = paddingMask(masked, from, to, length);
        Tensor seconds = times == null ? null : times.seconds(batch, from, to).to(x.device());
        BodyInput whole = new BodyInput(x, padding == null ? null : padding.to(x.device()), pattern, seconds);
        return pass.inPrecision(x, in -> body.forward(whole, pass)).to(DataType.FLOAT32);
    }

    private static @Nullable Tensor paddingMask(MaskedSequences masked, int from, int to, int length) {
        boolean[] real = new boolean[(to - from) * length];
        boolean padded = false;
        for (int row = from; row < to; row++) {
            int start = (row - from) * length;
            // a row without a real position would attend to nothing at all
            int count = Math.max(1, masked.lengths()[row]);
            padded |= count < length;
            Arrays.fill(real, start, start + count, true);
        }
        return padded ? Tensors.of(real, to - from, length) : null;
    }

    /**
     * Ranks targets among all items. Of a row longer than {@code totalSeqLength} the model sees the newest events before a target,
     * while all of its items count as seen.
     *
     * @param allPositions whether every item but the first of a row is a target, else its last item alone
     * @param exclusion items of the row before the target that don't compete; a target among them ranks last
     * @param ranker of this model's items
     * @return a rank for each target from 1, row after row; 0 where the target is no known item
     */
    public int[] ranks(SequenceBatch batch, boolean allPositions, Exclusion exclusion, ItemRanker ranker) {
        int longest = config.transformer().totalSeqLength();
        boolean tooLong = batch.maxLength() > longest;
        if (allPositions && (tooLong || !config.masking().predictsEveryPosition() || body.dependsOnLength())) {
            return ranks(Prefixes.of(batch), false, exclusion, ranker);
        }
        SequenceBatch newest = tooLong ? newest(batch, longest) : batch;
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            MaskedBatch masked = mask(
                    newest,
                    allPositions ? Mode.EVALUATE_ALL : Mode.EVALUATE_LAST,
                    RandomGenerator.of("L64X128MixRandom"));
            Targets targets = Targets.of(masked.masked(), 0, batch.rowCount());
            if (targets.count() == 0) {
                return new int[0];
            }
            Tensor hidden = hidden(masked, 0, batch.rowCount(), targets.positions(), Pass.inference());
            List<int[]> excluded = excluded(masked, targets, batch, exclusion);
            int[] ids = ids(targets.items());
            int[] ranks = ranker.ranks(
                    hidden,
                    ids,
                    excluded.stream().map(some -> ItemFilter.of(null, some)).toList());
            for (int i = 0; i < ranks.length; i++) {
                int target = ids[i];
                if (target < config.head().firstItem()) {
                    ranks[i] = 0;
                } else if (Arrays.stream(excluded.get(i)).anyMatch(id -> id == target)) {
                    ranks[i] = Math.toIntExact(itemCount);
                }
            }
            return ranks;
        }
    }

    private static SequenceBatch newest(SequenceBatch batch, int length) {
        return batch.rows(IntStream.range(0, batch.rowCount()).toArray(), length);
    }

    /** For each target the ids left out, of those that lie before it in the whole row; {@code batch} may hold its newest part. */
    private List<int[]> excluded(MaskedBatch batch, Targets targets, SequenceBatch whole, Exclusion exclusion) {
        MaskedSequences masked = batch.masked();
        long[] items = whole.longs(schema.itemId().name());
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

    /**
     * What each session asks for: the state that predicts the item after its last one. Call inside a {@link Scope}.
     *
     * @return {@code [rows, width]}, to be multiplied with the item table
     * @throws IllegalArgumentException for a row without events
     */
    public Tensor queries(SequenceBatch batch) {
        for (int row = 0; row < batch.rowCount(); row++) {
            if (batch.length(row) == 0) {
                throw new IllegalArgumentException("session " + row + ": no event (expected: at least one)");
            }
        }
        MaskedBatch masked = mask(batch, Mode.INFER, RandomGenerator.of("L64X128MixRandom"));
        Targets targets = Targets.of(masked.masked(), 0, batch.rowCount());
        return hidden(masked, 0, batch.rowCount(), targets.positions(), Pass.inference());
    }

    /**
     * Scores of all items for one session, special ids included. Call inside a {@link Scope} and without gradients.
     *
     * @param query a row of {@link #queries}, {@code [width]}
     * @return {@code [itemCount]}
     */
    public Tensor scores(Tensor query) {
        return itemTable().value().detach().matrixVector(query);
    }

    /** Names of the parameters with a row for each item: the item embedding, and the output layer unless that is the same. */
    public Set<String> itemTableNames() {
        Parameter embedding = input.itemTable().table();
        Parameter output = itemTable();
        return parameters().entrySet().stream()
                .filter(entry -> entry.getValue() == embedding || entry.getValue() == output)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}

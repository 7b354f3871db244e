package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.input.PostContext;
import io.t4rec.model.input.PostContextConfig;
import io.t4rec.model.input.PretrainedMatrices;
import io.t4rec.model.input.SequenceInput;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.ranking.ExactRanker;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.model.task.States;
import io.t4rec.model.task.TaskHeads;
import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Initializers;
import io.t4rec.nn.layer.Linear;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.sampling.ItemFrequencies;
import io.t4rec.nn.sampling.NegativeSampler;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.nn.transformer.BodyInput;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.DivergenceException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
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
    private final TransformerBody body;
    private final SequenceEncoder encoder;
    private final @Nullable Linear toItemWidth;
    private final @Nullable Parameter ownTable;
    private final TrainingObjective objective;
    private final TaskHeads heads;
    private final long itemCount;

    private SessionModel(ModelConfig config, Schema schema, PretrainedMatrices matrices, Generator generator) {
        this.config = config;
        this.schema = schema;
        this.itemCount = schema.itemId().cardinality();
        if (config.predictsNextItem()) {
            config.head().loss().check(itemCount, config.head().firstItem());
            requireRoomForTarget();
        }
        this.body = config.transformer().toConfig().create(generator);
        requirePattern();
        PostContext postContext = config.input().postContext() == null
                ? null
                : new PostContext(config.input(), schema, body.outputWidth(), generator);
        int hiddenWidth = postContext == null ? body.outputWidth() : postContext.outputWidth();
        this.heads = new TaskHeads(config.heads(), config.headReduction(), schema, hiddenWidth, generator);
        this.input =
                child("input", new SequenceInput(config.input(), features(), body.inputWidth(), matrices, generator));
        Parameter maskEmbedding =
                parameter("masked_item_embedding", Initializers.normal(MASK_DEVIATION, generator, body.inputWidth()));
        child("transformer", body);
        if (postContext != null) {
            checkContext();
            child("post_context", postContext);
        }
        this.encoder = new SequenceEncoder(input, maskEmbedding, body, postContext, EventTimes.in(schema));
        long itemWidth = input.itemTable().table().value().size(1);
        child("heads", heads);
        boolean tied = config.head().weightTying() || !config.predictsNextItem();
        toItemWidth = config.predictsNextItem() && tied && itemWidth != hiddenWidth
                ? child("head.projection", Linear.fanIn(hiddenWidth, itemWidth, true, generator))
                : null;
        ownTable = tied
                ? null
                : parameter(
                        "head.output_layer.weight", Initializers.fanIn(hiddenWidth, generator, itemCount, hiddenWidth));
        int scoredWidth = Math.toIntExact(itemTable().value().size(1));
        objective = config.predictsNextItem()
                ? TrainingObjective.of(config, body, hiddenWidth, scoredWidth, generator)
                : new ItemObjective();
        if (objective instanceof Module weights) {
            child(config.masking().label(), weights);
        }
    }

    private void checkContext() {
        PostContextConfig context = Objects.requireNonNull(config.input().postContext(), "postContext");
        List<String> targets = context.columns().stream()
                .filter(heads.targetColumns()::contains)
                .toList();
        if (!targets.isEmpty()) {
            throw new ConfigException("postContext.columns: " + targets + " (expected: none that is to be predicted)");
        }
        List<String> lists = PostContext.listColumns(config.input(), schema);
        if (config.masking().pattern() == AttentionPattern.Kind.PERMUTATION && !lists.isEmpty()) {
            throw new ConfigException(
                    "postContext.columns: " + lists + " with masking task "
                            + config.masking().label()
                            + " (expected: columns of the session alone; features of the events that are predicted are hidden)");
        }
    }

    private void requireRoomForTarget() {
        if (config.transformer().totalSeqLength() < 2) {
            throw new ConfigException("model.transformer.totalSeqLength: "
                    + config.transformer().totalSeqLength()
                    + " (expected: >= 2: an event and the item that comes next)");
        }
    }

    private void requirePattern() {
        AttentionPattern.Kind pattern = config.masking().pattern();
        if (!body.patterns().contains(pattern)) {
            throw new ConfigException("masking task: " + config.masking().label() + " on "
                    + config.transformer().type() + ", which needs the attention pattern " + pattern
                    + " (expected: one of " + body.patterns() + " for this body)");
        }
    }

    /**
     * A model with fresh weights; those of the body come from {@link TransformerSettings#pretrained} where that is given, and
     * {@link #config} then tells what the body is, so that the directory isn't needed again.
     *
     * @param schema of the sequences: list columns, one tagged as item id, ids with domains
     * @param seed of the weights
     */
    public static SessionModel create(ModelConfig config, Schema schema, long seed) {
        try (PretrainedMatrices matrices = PretrainedMatrices.open(config.input(), schema)) {
            return create(config, schema, seed, matrices);
        }
    }

    /**
     * As {@link #create(ModelConfig, Schema, long)}, with the vectors of files.
     *
     * @param matrices of the settings, opened; may be closed afterwards
     */
    public static SessionModel create(ModelConfig config, Schema schema, long seed, PretrainedMatrices matrices) {
        ModelConfig resolved =
                config.withInput(matrices.resolve(config.input())).withItemsOf(schema.itemId());
        // parameters outlive the scope; what they were made from would wait for the garbage collector
        try (Scope scope = Scope.open()) {
            HuggingFaceDirectory start = config.transformer().readPretrained();
            if (start == null) {
                return new SessionModel(resolved, schema, matrices, new Generator(seed));
            }
            SessionModel model = new SessionModel(
                    resolved.withTransformer(config.transformer().builtFrom(start.config())),
                    schema,
                    matrices,
                    new Generator(seed));
            start.load(model.body);
            return model;
        }
    }

    /** The same model for another worker: shares the weights, has gradients of its own. */
    public SessionModel replica() {
        try (PretrainedMatrices matrices = input.shareMatrices()) {
            SessionModel replica = create(config, schema, 0, matrices);
            replica.shareParametersOf(this);
            return replica;
        }
    }

    /** What turns embedded sequences into hidden states. */
    public TransformerBody body() {
        return body;
    }

    public ModelConfig config() {
        return config;
    }

    /** Of the sequences it takes, with the columns that its tasks predict. */
    public Schema schema() {
        return schema;
    }

    /** Pretrained matrices that are never trained, {@code [ids, width]} by feature; shared with replicas, not to be written to. */
    public Map<String, Tensor> frozenMatrices() {
        return input.frozenMatrices();
    }

    /** Those of the schema's columns with one value a row that the model looks at. */
    public List<ColumnSchema> contextColumns() {
        return SequenceInput.contextColumns(config.input(), features());
    }

    /** Of the columns that may be inputs: targets never are. */
    private Schema features() {
        return schema.excluding(heads.targetColumns());
    }

    /** The tasks that predict a column; none where the next item is the only task. */
    public TaskHeads heads() {
        return heads;
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
     * @param frequencies of the training data; needed exactly when {@link #needsFrequencies}
     */
    public ItemLoss newLoss(@Nullable ItemFrequencies frequencies) {
        return config.head().loss().create(config.head(), itemCount, frequencies);
    }

    /**
     * What draws negatives for the loss of this model's settings, or null when that compares all items or the next item is no task. One
     * for each run.
     *
     * @param frequencies of the training data; needed exactly when {@link #needsFrequencies}
     */
    public @Nullable NegativeSampler newSampler(@Nullable ItemFrequencies frequencies) {
        return config.predictsNextItem()
                ? config.head().loss().createSampler(config.head(), itemCount, frequencies)
                : null;
    }

    /** Whether the loss of the next item needs to know how often items occur in the training data. */
    public boolean needsFrequencies() {
        return config.predictsNextItem() && config.head().loss().needsFrequencies();
    }

    /** Whether the loss of the next item compares drawn items rather than all. */
    public boolean drawsNegatives() {
        return config.predictsNextItem() && config.head().loss().drawsNegatives();
    }

    private void requireNextItem() {
        if (!config.predictsNextItem()) {
            throw new ConfigException("model: predicts " + heads.names()
                    + " (expected: a model with the task next-item, to rank or recommend items)");
        }
    }

    /**
     * Draws the masking of a batch, and for training what the task needs beside it.
     *
     * @throws DataException for an item id outside the catalogue
     */
    public MaskedBatch mask(SequenceBatch batch, Mode mode, RandomGenerator random) {
        long[] items = batch.longs(schema.itemId().name());
        schema.itemId().requireKnown(items);
        MaskedSequences masked = config.masking().apply(items, batch.offsets(), mode, random);
        EventTimes times = encoder.times();
        Set<String> kept = times == null ? Set.of() : Set.of(times.column());
        SequenceBatch seen = masked.sources() == null ? batch : batch.withEvents(masked.sources(), kept);
        MaskedBatch drawn = new MaskedBatch(seen, masked);
        return mode == Mode.TRAIN ? objective.drawn(drawn, random) : drawn;
    }

    /** {@link #trainStep(MaskedBatch, int, int, double, Pass, ItemLoss, TrainingFigures)} without figures beside the loss. */
    public double trainStep(MaskedBatch batch, int from, int to, double denominator, Pass pass, ItemLoss loss) {
        return trainStep(batch, from, to, denominator, pass, loss, new TrainingFigures());
    }

    /**
     * Forward passes, losses and backward passes over some rows; gradients add to those this replica's parameters have. With a sampled
     * loss nothing touches the catalogue beyond inputs, targets and negatives, and when the pass asks for row gradients, those of the
     * item tables are left as {@link Parameter#rowGradient()}. The full softmax touches all items: its gradients are always dense.
     *
     * @param batch with negatives when the loss is a sampled one
     * @param from first row
     * @param to row after the last
     * @param denominator the summed loss is divided by it for the gradients: {@link MaskedBatch#targetWeight} of the whole batch
     * @param figures to which is added what the task tells beside its loss
     * @return what these rows add to the loss of the batch, not divided: the sum of the losses of their targets, and for tasks with
     *     further losses those in proportion
     */
    public double trainStep(
            MaskedBatch batch,
            int from,
            int to,
            double denominator,
            Pass pass,
            ItemLoss loss,
            TrainingFigures figures) {
        return objective.step(this, new BatchRows(batch, from, to), denominator, pass, loss, figures);
    }

    /** Whether the task trains a discriminator, see {@link #judge}. */
    public boolean hasDiscriminator() {
        return objective instanceof ReplacedItemObjective replaced && replaced.hasDiscriminator();
    }

    /**
     * What the discriminator says of a batch that is masked and filled as in training. Of a row longer than {@code totalSeqLength} it
     * sees the newest events.
     *
     * @param random source of masking and draws
     * @throws IllegalStateException when the task has none
     */
    public Judgements judge(SequenceBatch batch, RandomGenerator random) {
        if (!(objective instanceof ReplacedItemObjective replaced) || !replaced.hasDiscriminator()) {
            throw new IllegalStateException("discriminator: none with task "
                    + config.masking().label() + " (expected: rtd, with a weight of the discriminator above 0)");
        }
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            return replaced.judgements(this, mask(newest(batch), Mode.TRAIN, random));
        }
    }

    /** Table of the items as they come in, {@code [itemCount, width]}. */
    Parameter inputTable() {
        return input.itemTable().table();
    }

    /** Whether items are scored by the table by which they come in. */
    boolean isTied() {
        return ownTable == null;
    }

    /** Smallest id that is an item. */
    long firstItem() {
        return config.head().firstItem();
    }

    /** Ids that rows look up in the {@link #inputTable}. */
    long[] inputItems(BatchRows rows) {
        return input.items(rows.events(), rows.masked(), rows.from(), rows.to());
    }

    /** Hidden states ready to be compared with the item table: {@code [n, width]}; as {@link #states}. */
    Tensor hidden(BatchRows rows, long[] outputs, Pass pass) {
        return toItems(states(rows, outputs, pass));
    }

    /** Hidden states {@code [n, outputWidth]} in the width of the item table. */
    Tensor toItems(Tensor states) {
        return toItemWidth == null ? states : toItemWidth.forward(states);
    }

    /**
     * Hidden states of the body.
     *
     * @param outputs numbers among the body's outputs, rows joined, as {@link Targets#outputs}
     * @return {@code [n, outputWidth]}
     */
    Tensor states(BatchRows rows, long[] outputs, Pass pass) {
        Tensor states = encoder.encode(rows, pass).flatten(0, 1); // (B * L, D)
        return states.indexSelect(0, Tensors.of(outputs).to(states.device())); // (n, D)
    }

    /** What the body computes on: embeddings with the mask vector where masking puts it. */
    BodyInput bodyInput(BatchRows rows, Pass pass) {
        return encoder.bodyInput(rows, pass);
    }

    /**
     * Ranks targets among all items. Of a row longer than {@code totalSeqLength} the model sees the newest events before a target,
     * while all of its items count as seen.
     *
     * @param allPositions whether every item but the first of a row is a target, else its last item alone
     * @param exclusion items of the row before the target that don't compete; a target among them gets the rank {@link ItemRanker#LAST}
     * @param ranker of this model's items
     * @return a rank for each target from 1, row after row; 0 where the target is no known item
     * @throws DivergenceException where a score is no number
     */
    public int[] ranks(SequenceBatch batch, boolean allPositions, Exclusion exclusion, ItemRanker ranker) {
        requireNextItem();
        return new NextItemRanks(this, exclusion, ranker).of(batch, allPositions);
    }

    /**
     * What each session asks for: the state that predicts the item after its last one. Call inside a {@link Scope}.
     *
     * @return {@code [rows, width]}, to be multiplied with the item table
     * @throws IllegalArgumentException for a row without events
     * @throws ConfigException when the next item is no task of the model
     */
    public Tensor queries(SequenceBatch batch) {
        requireNextItem();
        for (int row = 0; row < batch.rowCount(); row++) {
            if (batch.length(row) == 0) {
                throw new IllegalArgumentException("session " + row + ": no event (expected: at least one)");
            }
        }
        MaskedBatch masked = mask(batch, Mode.INFER, RandomGenerator.of("L64X128MixRandom"));
        BatchRows rows = BatchRows.all(masked);
        return hidden(rows, rows.targets().outputs(), Pass.inference());
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

    /**
     * Whether the next item and the {@link #heads} can be learned from one pass: nothing is hidden from the body, and what an event sees
     * doesn't depend on later ones.
     */
    public boolean sharesPasses() {
        return objective instanceof ItemObjective
                && config.masking().pattern() == AttentionPattern.Kind.CAUSAL
                && !body.dependsOnLength();
    }

    /** Hidden states of rows of which nothing is masked. */
    States wholeStates(BatchRows rows, Pass pass) {
        Tensor hidden = encoder.encode(rows, pass); // (B, L, D)
        return new States(hidden, Arrays.copyOfRange(rows.masked().lengths(), rows.from(), rows.to()));
    }

    /**
     * What the {@link #heads} predict for whole sequences.
     *
     * @param batch rows of at most {@code totalSeqLength} events ({@link #newest(SequenceBatch)})
     * @param lastOnly whether of tasks with a prediction for each event the last one of each row alone is wanted
     * @return for each task {@code [cases * width of its output]}; rows without events have no case
     */
    public List<double[]> predictions(SequenceBatch batch, boolean lastOnly) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            MaskedBatch whole = new MaskedBatch(
                    batch,
                    MaskedSequences.whole(batch.offsets(), config.masking().pattern()));
            return heads.predictions(wholeStates(BatchRows.all(whole), Pass.inference()), lastOnly);
        }
    }

    /** The newest events of each row, as many as the body takes. */
    public SequenceBatch newest(SequenceBatch batch) {
        int longest = config.transformer().totalSeqLength();
        return batch.maxLength() > longest
                ? batch.rows(IntStream.range(0, batch.rowCount()).toArray(), longest)
                : batch;
    }
}

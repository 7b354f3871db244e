package io.t4rec.model.input;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.nn.Pass;
import io.t4rec.nn.block.Block;
import io.t4rec.nn.block.MlpConfig;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.Linear;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Embeds the columns of a schema: id columns by tables, number columns as they are or through a small network; joins them; projects to the
 * width asked for. Columns with one value a row are repeated for every event. Follows Transformers4Rec's {@code
 * TabularSequenceFeatures}.
 */
public final class SequenceInput extends FeatureGroup {
    private final String item;
    private final @Nullable Linear projection;
    private final @Nullable Block projectionBlock;
    private final int outputWidth;

    /**
     * @param schema its columns tagged categorical or continuous become features; one list is the item id
     * @param width what the body takes
     * @throws ConfigException when the widths don't fit together or a column has no domain
     */
    public SequenceInput(InputConfig config, Schema schema, int width, Generator generator) {
        this(config, schema, width, PretrainedMatrices.none(), generator);
    }

    /**
     * With vectors from files.
     *
     * @param schema its columns tagged categorical or continuous become features; one list is the item id
     * @param width what the body takes
     * @param matrices of the settings, opened
     * @throws ConfigException when the widths don't fit together or a column has no domain
     */
    public SequenceInput(
            InputConfig config, Schema schema, int width, PretrainedMatrices matrices, Generator generator) {
        super(
                config,
                columns(config, schema),
                schema.itemId().name(),
                width,
                FeatureColumns.of(schema).ids(),
                matrices,
                generator);
        item = schema.itemId().name();
        checkNames(config, schema);
        int joined = joinedWidth();
        MlpConfig layers = config.projectionBlock();
        if (layers == null && !config.projection() && joined != width) {
            throw new ConfigException("input width: " + joined + " of " + widths() + " (expected: " + width
                    + ", the body's width; set projection: true or choose other embedding widths)");
        }
        if (layers != null && layers.outputWidth(joined) != width) {
            throw new ConfigException(
                    "projectionBlock: " + layers.name() + " (expected: last width " + width + ", the body's)");
        }
        boolean single = layers == null && config.projection();
        projection = single ? child("projection", Linear.fanIn(joined, width, true, generator)) : null;
        projectionBlock = layers == null ? null : child("projection", layers.create(joined, generator));
        outputWidth = width;
    }

    /** Settings may name columns that are left out, so that leaving some out changes one setting alone. */
    private void checkNames(InputConfig config, Schema schema) {
        Set<String> known = new TreeSet<>(tables().names());
        FeatureColumns.of(schema).ids().forEach(column -> known.add(column.name()));
        FeatureColumns.checkNames("embeddingDims", config.embeddingDims().keySet(), known);
        FeatureColumns.checkNames(
                "embeddingDeviations", config.embeddingDeviations().keySet(), known);
        FeatureColumns.checkNames(
                "embeddingInitializers", config.embeddingInitializers().keySet(), tables().names());
    }

    private static FeatureColumns columns(InputConfig config, Schema schema) {
        PostContextConfig after = config.postContext();
        return FeatureColumns.of(schema)
                .chosen(config.columns(), schema.itemId().name())
                .filter(name -> after == null || !after.columns().contains(name));
    }

    /** Columns with one value a row that become features, before the body or after it. */
    public static List<ColumnSchema> contextColumns(InputConfig config, Schema schema) {
        PostContextConfig after = config.postContext();
        Set<String> used = new TreeSet<>(columns(config, schema).names());
        used.addAll(after == null ? List.of() : after.columns());
        return FeatureColumns.of(schema)
                .filter(used::contains)
                .all()
                .filter(column -> !column.isList())
                .toList();
    }

    /** Width of an embedding by the original's rule: {@code ceil(cardinality^0.25 * multiplier)}. */
    public static int inferredWidth(long cardinality, double multiplier) {
        return (int) Math.ceil(Math.pow(cardinality, 0.25) * multiplier);
    }

    /** Width of what {@link #forward} gives. */
    public int outputWidth() {
        return outputWidth;
    }

    /** The item table, {@code [items, itemDim]}. */
    public Embedding itemTable() {
        return tables().table(item);
    }

    /** Matrices that are never trained, by feature; on the CPU, not to be written to. */
    public Map<String, Tensor> frozenMatrices() {
        Map<String, Tensor> frozen = new TreeMap<>();
        pretrained().forEach((name, feature) -> {
            Tensor matrix = feature.frozen();
            if (matrix != null) {
                frozen.put(name, matrix);
            }
        });
        return frozen;
    }

    /** Frozen matrices for another model of the same settings, which then shares them. */
    public PretrainedMatrices shareMatrices() {
        return PretrainedMatrices.shared(frozenMatrices());
    }

    /** Ids that {@link #forward} looks up in the item table for the same rows, padding included. */
    public long[] items(SequenceBatch batch, MaskedSequences masked, int from, int to) {
        PaddedRows rows = new PaddedRows(batch, masked, from, to, false, Device.CPU);
        return tables().sharing(item).stream()
                .flatMapToLong(column -> LongStream.of(rows.idArray(column)))
                .toArray();
    }

    /**
     * Embeds rows, padded on the right to the longest of them. Columns beyond a row's events hold padding.
     *
     * @param from first row of the batch
     * @param to row after the last
     * @return {@code [to - from, length, outputWidth]}
     */
    public Tensor forward(SequenceBatch batch, MaskedSequences masked, int from, int to, Pass pass, Device device) {
        Tensor joined = join(new PaddedRows(batch, masked, from, to, false, device), pass); // (B, L, joined)
        if (projectionBlock != null) {
            return projectionBlock.forward(joined, pass);
        }
        return projection == null ? joined : projection.forward(joined).relu();
    }
}

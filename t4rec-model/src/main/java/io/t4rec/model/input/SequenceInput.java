package io.t4rec.model.input;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Embeds the list columns of a schema: id columns by tables, number columns as they are or through a small network; joins them;
 * projects to the width asked for. Follows Transformers4Rec's {@code TabularSequenceFeatures}.
 */
public final class SequenceInput extends Module {
    private static final String CONTINUOUS_PROJECTION = "continuous_projection";
    private static final double FEATURE_NORM_EPSILON = 1e-5;

    private final InputConfig config;
    private final String item;
    private final Aggregation aggregation;
    private final SortedMap<String, Embedding> tables = new TreeMap<>();
    private final List<String> numbers = new ArrayList<>();
    private final List<Linear> numberLayers = new ArrayList<>();
    private final Map<String, LayerNorm> norms = new LinkedHashMap<>();
    private final @Nullable Linear projection;
    private final int outputWidth;

    /**
     * @param schema its list columns tagged categorical or continuous become features; one is the item id
     * @param width what the body takes
     * @throws ConfigException when the widths don't fit together or a column has no domain
     */
    public SequenceInput(InputConfig config, Schema schema, int width, Generator generator) {
        this.config = config;
        this.item = schema.itemId().name();
        this.aggregation = Aggregation.of(config.aggregation());
        SortedMap<String, Integer> widths = new TreeMap<>();
        for (ColumnSchema column : schema.filter(ColumnSchema::isList).columns()) {
            if (column.tags().contains(Tag.CATEGORICAL)) {
                int dim = embeddingWidth(column, width);
                widths.put(column.name(), dim);
                tables.put(
                        column.name(),
                        child(
                                "embedding_tables." + column.name(),
                                Embedding.padded(
                                        column.cardinality(), dim, config.deviation(column.name()), generator)));
            } else if (column.tags().contains(Tag.CONTINUOUS)) {
                numbers.add(column.name());
                widths.put(column.name(), 1);
            }
        }
        refuseUnknown("embeddingDims", config.embeddingDims().keySet());
        refuseUnknown("embeddingDeviations", config.embeddingDeviations().keySet());
        numbers.sort(null);
        projectNumbers(widths, generator);
        if (config.layerNorm()) {
            widths.forEach((name, dim) -> {
                if (dim > 1) {
                    norms.put(name, child("feature_layer_norm." + name, new LayerNorm(dim, FEATURE_NORM_EPSILON)));
                }
            });
        }
        int joined = aggregation.width(widths, item);
        if (!config.projection() && joined != width) {
            throw new ConfigException("input width: " + joined + " of " + widths + " (expected: " + width
                    + ", the body's width; set projection: true or choose other embedding widths)");
        }
        projection = config.projection() ? child("projection", Linear.fanIn(joined, width, true, generator)) : null;
        outputWidth = config.projection() ? width : joined;
    }

    private void refuseUnknown(String setting, Set<String> columns) {
        for (String column : columns) {
            if (!tables.containsKey(column)) {
                throw new ConfigException(
                        setting + ": " + column + " (expected: " + Names.expectation(column, tables.keySet()) + ")");
            }
        }
    }

    private void projectNumbers(SortedMap<String, Integer> widths, Generator generator) {
        List<Integer> layers = config.continuousProjection();
        if (layers == null || layers.isEmpty() || numbers.isEmpty()) {
            return;
        }
        int in = numbers.size();
        for (int i = 0; i < layers.size(); i++) {
            numberLayers.add(child(CONTINUOUS_PROJECTION + "." + i, Linear.fanIn(in, layers.get(i), true, generator)));
            in = layers.get(i);
        }
        numbers.forEach(widths::remove);
        widths.put(CONTINUOUS_PROJECTION, in);
    }

    private int embeddingWidth(ColumnSchema column, int width) {
        Integer given = config.embeddingDims().get(column.name());
        if (column.name().equals(item)) {
            return config.itemDim() != null ? config.itemDim() : given != null ? given : width;
        }
        return given != null ? given : inferredWidth(column.cardinality(), config.embeddingMultiplier());
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
        return Objects.requireNonNull(tables.get(item), item);
    }

    /** Item ids that {@link #forward} looks up for the same rows, padding included. */
    public long[] items(SequenceBatch batch, MaskedSequences masked, int from, int to) {
        return padded(batch.longs(item), batch.offsets(), masked, from, to);
    }

    /**
     * Embeds rows, padded on the right to the longest of them. Columns beyond a row's events hold padding.
     *
     * @param from first row of the batch
     * @param to row after the last
     * @return {@code [to - from, length, outputWidth]}
     */
    public Tensor forward(SequenceBatch batch, MaskedSequences masked, int from, int to, Pass pass, Device device) {
        SortedMap<String, Tensor> features = new TreeMap<>();
        tables.forEach((name, table) -> {
            Tensor ids = Tensors.of(
                            padded(batch.longs(name), batch.offsets(), masked, from, to),
                            to - from,
                            masked.longest(from, to))
                    .to(device);
            features.put(name, normalised(name, table.forward(SwapNoise.apply(ids, config.swapNoise(), pass), pass)));
        });
        List<Tensor> columns = new ArrayList<>();
        for (String name : numbers) {
            Tensor values = padded(batch.floats(name), batch.offsets(), masked, from, to)
                    .to(device);
            columns.add(values.unsqueeze(-1)); // (B, L, 1)
        }
        if (numberLayers.isEmpty()) {
            for (int i = 0; i < columns.size(); i++) {
                features.put(numbers.get(i), columns.get(i));
            }
        } else {
            Tensor x = Tensors.concat(-1, columns);
            for (Linear layer : numberLayers) {
                x = layer.forward(x).relu();
            }
            features.put(CONTINUOUS_PROJECTION, normalised(CONTINUOUS_PROJECTION, x));
        }
        Tensor joined = pass.dropout(aggregation.apply(features, item), config.dropout()); // (B, L, joined)
        return projection == null ? joined : projection.forward(joined).relu();
    }

    private Tensor normalised(String name, Tensor feature) {
        LayerNorm norm = norms.get(name);
        return norm == null ? feature : norm.forward(feature);
    }

    private static long[] padded(long[] values, int[] offsets, MaskedSequences masked, int from, int to) {
        long[] out = new long[(to - from) * masked.longest(from, to)];
        copy(values, offsets, masked, from, to, out);
        return out;
    }

    private static Tensor padded(float[] values, int[] offsets, MaskedSequences masked, int from, int to) {
        int length = masked.longest(from, to);
        float[] out = new float[(to - from) * length];
        copy(values, offsets, masked, from, to, out);
        return Tensors.of(out, to - from, length);
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // both arrays are of one type
    private static void copy(Object values, int[] offsets, MaskedSequences masked, int from, int to, Object out) {
        int length = masked.longest(from, to);
        for (int row = from; row < to; row++) {
            int count = Math.min(masked.lengths()[row], offsets[row + 1] - offsets[row]);
            System.arraycopy(values, offsets[row], out, (row - from) * length, count);
        }
    }
}

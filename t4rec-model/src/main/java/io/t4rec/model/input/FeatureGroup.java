package io.t4rec.model.input;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Columns as features, joined: ids by embedding tables, numbers as {@link NumberFeatures} does it, transformed before, after and when
 * joined.
 */
abstract sealed class FeatureGroup extends Module permits PostContext, SequenceInput {
    private static final String JOINED = "joined";

    private final String item;
    private final FeatureColumns columns;
    private final EmbeddingTables tables;
    private final NumberFeatures numbers;
    private final SortedMap<String, PretrainedFeature> pretrained = new TreeMap<>();
    private final Aggregation aggregation;
    private final SortedMap<String, Integer> widths = new TreeMap<>();
    private final int joinedWidth;
    private final List<FeatureTransformation> pre = new ArrayList<>();
    private final List<FeatureTransformation> post = new ArrayList<>();
    private final List<FeatureTransformation> joined = new ArrayList<>();

    /**
     * @param item name of the item column
     * @param width of the item where no setting says it
     * @param lookedUp all id columns, by which pretrained vectors may be looked up
     * @param matrices of the settings, opened
     */
    FeatureGroup(
            InputConfig config,
            FeatureColumns columns,
            String item,
            int width,
            List<ColumnSchema> lookedUp,
            PretrainedMatrices matrices,
            Generator generator) {
        this.item = item;
        this.columns = columns;
        aggregation = AggregationRegistry.get(config.aggregation());
        tables =
                child("embedding_tables", new EmbeddingTables(config, columns.ids(), item, width, matrices, generator));
        numbers = new NumberFeatures(config, columns.numbers(), generator);
        numbers.parts().forEach(this::child);
        columns.ids().forEach(column -> widths.put(column.name(), tables.width(column.name())));
        widths.putAll(numbers.widths());
        addPretrained(config, lookedUp, matrices, generator);
        joinedWidth = aggregation.width(widths, item);
        addTransformations(config, generator);
    }

    private void addPretrained(
            InputConfig config, List<ColumnSchema> lookedUp, PretrainedMatrices matrices, Generator generator) {
        Map<String, ColumnSchema> ids = new TreeMap<>();
        lookedUp.forEach(column -> ids.put(column.name(), column));
        config.pretrained().forEach((name, settings) -> {
            String by = settings.column() == null ? item : settings.column();
            FeatureColumns.checkNames("pretrained." + name + ".column", List.of(by), ids.keySet());
            ColumnSchema column = Objects.requireNonNull(ids.get(by), by);
            PretrainedFeature feature = child(
                    "pretrained." + name,
                    new PretrainedFeature(name, settings, column, matrices.feature(name), generator));
            pretrained.put(name, feature);
            if (widths.put(name, feature.width()) != null) {
                throw new ConfigException("pretrained: " + name + " (expected: a name that no column has)");
            }
        });
    }

    /** The settings that stand for one transformation each come before those that are listed. */
    private void addTransformations(InputConfig config, Generator generator) {
        SortedMap<String, Integer> raw = new TreeMap<>();
        columns.names().forEach(name -> raw.put(name, 1));
        SortedMap<String, Integer> whole = new TreeMap<>(Map.of(JOINED, joinedWidth));
        if (config.swapNoise() > 0) {
            pre.add(new SwapNoise(new SwapNoise.Options(config.swapNoise()), raw, generator));
        }
        if (config.layerNorm()) {
            post.add(child(
                    "feature_layer_norm",
                    new FeatureLayerNorm(FeatureLayerNorm.Options.defaults(), notNormalised(), generator)));
        }
        add(TransformationStage.PRE, config.pre(), raw, pre, generator);
        add(TransformationStage.POST, config.post(), widths, post, generator);
        add(TransformationStage.JOINED, config.joined(), whole, joined, generator);
        if (config.dropout() > 0) {
            joined.add(new FeatureDropout(new FeatureDropout.Options(config.dropout()), whole, generator));
        }
    }

    private SortedMap<String, Integer> notNormalised() {
        SortedMap<String, Integer> some = new TreeMap<>(widths);
        some.keySet().removeIf(name -> {
            PretrainedFeature vectors = pretrained.get(name);
            return numbers.isNormalised(name) || (vectors != null && vectors.isNormalised());
        });
        return some;
    }

    private void add(
            TransformationStage stage,
            List<TransformationSettings> settings,
            SortedMap<String, Integer> of,
            List<FeatureTransformation> to,
            Generator generator) {
        for (int i = 0; i < settings.size(); i++) {
            to.add(child(
                    stage.setting() + "." + i, TransformationRegistry.create(stage, settings.get(i), of, generator)));
        }
    }

    final EmbeddingTables tables() {
        return tables;
    }

    final SortedMap<String, PretrainedFeature> pretrained() {
        return pretrained;
    }

    /** Widths of the features by name. */
    final SortedMap<String, Integer> widths() {
        return widths;
    }

    /** Width of what {@link #join} gives. */
    final int joinedWidth() {
        return joinedWidth;
    }

    /** {@code [B, L, joinedWidth]}, or {@code [B, joinedWidth]} when no feature has a value for each event. */
    final Tensor join(PaddedRows rows, Pass pass) {
        Tensor real = rows.real();
        SortedMap<String, Tensor> raw = new TreeMap<>();
        columns.ids().forEach(column -> raw.put(column.name(), rows.ids(column)));
        columns.numbers().forEach(column -> raw.put(column.name(), rows.numbers(column)));
        SortedMap<String, Tensor> values = transformed(pre, raw, real, pass);
        SortedMap<String, Tensor> features = new TreeMap<>(numbers.forward(values, rows.length(), pass));
        columns.ids().forEach(column -> {
            Tensor ids = Objects.requireNonNull(values.get(column.name()), column.name());
            features.put(column.name(), tables.forward(column.name(), ids, pass));
        });
        pretrained.forEach((name, feature) -> {
            Tensor ids = values.get(feature.column().name());
            features.put(name, feature.forward(ids == null ? rows.ids(feature.column()) : ids, pass));
        });
        SortedMap<String, Tensor> alike = alike(transformed(post, features, real, pass), rows.length());
        SortedMap<String, Tensor> whole = new TreeMap<>(Map.of(JOINED, aggregation.apply(alike, item)));
        return Objects.requireNonNull(transformed(joined, whole, real, pass).get(JOINED), JOINED);
    }

    private static SortedMap<String, Tensor> transformed(
            List<FeatureTransformation> all, SortedMap<String, Tensor> features, Tensor real, Pass pass) {
        SortedMap<String, Tensor> transformed = features;
        for (FeatureTransformation one : all) {
            transformed = one.forward(transformed, real, pass);
        }
        return transformed;
    }

    /** Features of the context, {@code [B, width]}, repeated for every event, {@code [B, L, width]}, where others have one each. */
    static SortedMap<String, Tensor> alike(SortedMap<String, Tensor> features, long length) {
        SortedMap<String, Tensor> alike = new TreeMap<>(features);
        if (features.values().stream().anyMatch(feature -> feature.rank() == 3)) {
            alike.replaceAll((name, feature) ->
                    feature.rank() == 3 ? feature : feature.unsqueeze(1).expand(-1, length, -1));
        }
        return alike;
    }
}

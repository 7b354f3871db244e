package io.t4rec.model.input;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.block.Block;
import io.t4rec.nn.block.MlpConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Number columns as features: some by soft embeddings, the others as they are, or all of the others through a small network, which gives
 * one feature.
 */
final class NumberFeatures {
    static final String PROJECTION = "continuous_projection";

    private final SortedMap<String, Integer> widths = new TreeMap<>();
    private final Map<String, Module> parts = new LinkedHashMap<>();
    private final List<String> plain = new ArrayList<>();
    private final SortedMap<String, SoftEmbedding> soft = new TreeMap<>();
    private final boolean softNormalised;
    private final @Nullable Block projection;

    /** @throws ConfigException when a setting names a column that holds no numbers */
    NumberFeatures(InputConfig config, List<ColumnSchema> columns, Generator generator) {
        List<String> names = columns.stream().map(ColumnSchema::name).toList();
        SoftEmbeddings settings = config.softEmbeddings();
        softNormalised = settings != null && settings.normalises();
        if (settings != null) {
            addSoft(settings, names, config.embeddingDeviation(), generator);
        }
        names.stream().filter(name -> !soft.containsKey(name)).forEach(plain::add);
        List<Integer> layers = config.continuousProjection();
        boolean projects = layers != null && !layers.isEmpty() && !plain.isEmpty();
        projection = projects ? MlpConfig.of(Objects.requireNonNull(layers)).create(plain.size(), generator) : null;
        if (projection == null) {
            plain.forEach(name -> widths.put(name, 1));
        } else {
            parts.put(PROJECTION, projection);
            widths.put(PROJECTION, projection.outputWidth());
        }
    }

    private void addSoft(SoftEmbeddings settings, List<String> names, double deviation, Generator generator) {
        List<String> wanted = settings.columns();
        FeatureColumns.checkNames("softEmbeddings.columns", wanted == null ? List.of() : wanted, names);
        FeatureColumns.checkNames(
                "softEmbeddings.cardinalities", settings.cardinalities().keySet(), names);
        FeatureColumns.checkNames("softEmbeddings.dims", settings.dims().keySet(), names);
        for (String name : names) {
            if (settings.takes(name)) {
                int dim = settings.dim(name);
                SoftEmbedding made =
                        new SoftEmbedding(settings.cardinality(name), dim, softNormalised, deviation, generator);
                soft.put(name, made);
                parts.put("soft_embeddings." + name, made);
                widths.put(name, dim);
            }
        }
    }

    /** Parts with weights by name. */
    Map<String, Module> parts() {
        return parts;
    }

    /** Widths of the features by name. */
    SortedMap<String, Integer> widths() {
        return widths;
    }

    /** Whether a feature is normalised already. */
    boolean isNormalised(String feature) {
        return softNormalised && soft.containsKey(feature);
    }

    /**
     * Features by name, {@code [B, L, width]} or {@code [B, width]}.
     *
     * @param numbers of each column, {@code [B, L]} or {@code [B]}
     * @param length L
     */
    SortedMap<String, Tensor> forward(Map<String, Tensor> numbers, int length, Pass pass) {
        SortedMap<String, Tensor> features = new TreeMap<>();
        soft.forEach((name, embedding) -> features.put(name, embedding.forward(column(numbers, name))));
        SortedMap<String, Tensor> columns = new TreeMap<>();
        plain.forEach(name -> columns.put(name, column(numbers, name)));
        if (projection == null) {
            features.putAll(columns);
        } else {
            List<Tensor> alike = List.copyOf(FeatureGroup.alike(columns, length).values());
            features.put(PROJECTION, projection.forward(Tensors.concat(-1, alike), pass));
        }
        return features;
    }

    /** {@code [B, L, 1]} or {@code [B, 1]}. */
    private static Tensor column(Map<String, Tensor> numbers, String name) {
        return Objects.requireNonNull(numbers.get(name), name).unsqueeze(-1);
    }
}

package io.t4rec.model.input;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.block.Block;
import io.t4rec.nn.block.MlpConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Number columns as features: as they are, or all of them through a small network, which gives one feature. */
final class NumberFeatures {
    static final String PROJECTION = "continuous_projection";

    private final SortedMap<String, Integer> widths = new TreeMap<>();
    private final Map<String, Module> parts = new LinkedHashMap<>();
    private final List<String> plain;
    private final @Nullable Block projection;

    NumberFeatures(InputConfig config, List<ColumnSchema> columns, Generator generator) {
        plain = columns.stream().map(ColumnSchema::name).toList();
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

    /** Parts with weights by name. */
    Map<String, Module> parts() {
        return parts;
    }

    /** Widths of the features by name. */
    SortedMap<String, Integer> widths() {
        return widths;
    }

    /**
     * Features by name, {@code [B, L, width]} or {@code [B, width]}.
     *
     * @param numbers of each column, {@code [B, L]} or {@code [B]}
     * @param length L
     */
    SortedMap<String, Tensor> forward(Map<String, Tensor> numbers, int length, Pass pass) {
        SortedMap<String, Tensor> columns = new TreeMap<>();
        plain.forEach(name -> columns.put(
                name, Objects.requireNonNull(numbers.get(name), name).unsqueeze(-1))); // (B, L, 1) or (B, 1)
        if (projection == null) {
            return columns;
        }
        SortedMap<String, Tensor> features = new TreeMap<>();
        List<Tensor> alike = List.copyOf(FeatureGroup.alike(columns, length).values());
        features.put(PROJECTION, projection.forward(Tensors.concat(-1, alike), pass));
        return features;
    }
}

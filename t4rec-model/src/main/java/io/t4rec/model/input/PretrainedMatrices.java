package io.t4rec.model.input;

import io.t4rec.etl.Vocabulary;
import io.t4rec.etl.Workflow;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The matrices that an input's settings name, opened: those of features by the feature's name, those of embedding tables by the name under
 * which the settings have them. A model keeps what it needs; close this when it is made.
 */
public final class PretrainedMatrices implements AutoCloseable {
    private final Map<String, VectorMatrix> features = new TreeMap<>();
    private final Map<String, VectorMatrix> tables = new TreeMap<>();

    private PretrainedMatrices() {}

    /** None: for settings that name none, and for a model whose weights are loaded afterwards. */
    public static PretrainedMatrices none() {
        return new PretrainedMatrices();
    }

    /**
     * Opens the files of settings whose vectors are by the model's own ids.
     *
     * @throws DataException when a file is absent or damaged, has another number of rows or width, ids beyond those of the column, or
     *     numbers that are not finite
     * @throws ConfigException when a setting names an unknown column, or vectors are by raw ids
     */
    public static PretrainedMatrices open(InputConfig config, Schema schema) {
        return open(config, schema, null);
    }

    /**
     * Opens the files of settings.
     *
     * @param workflow that numbered the ids; needed for vectors by raw ids
     * @throws DataException when a file is absent or damaged, has another number of rows or width, ids beyond those of the column, or
     *     numbers that are not finite
     * @throws ConfigException when a setting names an unknown column
     */
    public static PretrainedMatrices open(InputConfig config, Schema schema, @Nullable Workflow workflow) {
        PretrainedMatrices opened = new PretrainedMatrices();
        Map<String, ColumnSchema> ids = new LinkedHashMap<>();
        FeatureColumns.of(schema).ids().forEach(column -> ids.put(column.name(), column));
        try {
            config.pretrained().forEach((name, feature) -> {
                String setting = "pretrained." + name;
                String column = feature.column() == null ? schema.itemId().name() : feature.column();
                FeatureColumns.checkNames(setting + ".column", List.of(column), ids.keySet());
                VectorMatrix matrix = read(setting, feature.matrix(), column(ids, column), workflow);
                opened.features.put(name, matrix);
                checkWidth(setting, feature, matrix);
            });
            config.embeddingInitializers().forEach((name, table) -> {
                String setting = "embeddingInitializers." + name;
                List<String> shared = config.sharedTables().get(name);
                String column = shared == null ? name : shared.get(0);
                FeatureColumns.checkNames("embeddingInitializers", List.of(column), ids.keySet());
                opened.tables.put(name, read(setting, table.matrix(), column(ids, column), workflow));
            });
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    private static ColumnSchema column(Map<String, ColumnSchema> ids, String name) {
        return Objects.requireNonNull(ids.get(name), name);
    }

    private static void checkWidth(String setting, PretrainedConfig feature, VectorMatrix matrix) {
        Integer wanted = feature.width();
        if (wanted != null && wanted != matrix.width()) {
            throw new DataException(setting + ": " + feature.matrix().file() + " has width " + matrix.width()
                    + " (expected: " + wanted + ", the setting's width)");
        }
    }

    private static VectorMatrix read(
            String setting, MatrixFile matrix, ColumnSchema column, @Nullable Workflow workflow) {
        if (!Files.isRegularFile(Path.of(matrix.file()))) {
            throw new DataException(
                    setting + ": file " + matrix.file() + " (expected: an existing .npy or .parquet file)");
        }
        if (matrix.isRaw() && workflow == null) {
            throw new ConfigException(
                    setting + ": ids raw (expected: encoded, or a workflow that tells which id a raw" + " one has)");
        }
        Vocabulary vocabulary = matrix.isRaw() && workflow != null ? workflow.vocabulary(column.name()) : null;
        try (Scope scope = Scope.open()) {
            VectorMatrix read = matrix.isNpy()
                    ? new NpyVectors(matrix, column).read(vocabulary)
                    : new ParquetVectors(matrix, column, vocabulary).read();
            Scope.unscoped(read.values());
            return read;
        }
    }

    /** Frozen matrices that another model has already, by feature: they are shared. */
    static PretrainedMatrices shared(Map<String, Tensor> frozen) {
        PretrainedMatrices matrices = new PretrainedMatrices();
        frozen.forEach(
                (name, values) -> matrices.features.put(name, new VectorMatrix(Scope.unscoped(values.detach()), null)));
        return matrices;
    }

    /**
     * The frozen matrices of a model that was written to a directory, mapped; its other weights are loaded afterwards.
     *
     * @param directory with a .npy file for each, named after the feature
     */
    public static PretrainedMatrices stored(InputConfig config, Path directory) {
        PretrainedMatrices matrices = new PretrainedMatrices();
        try (Scope scope = Scope.open()) {
            config.pretrained().forEach((name, feature) -> {
                if (!feature.trainable()) {
                    Tensor mapped = NpyVectors.map(directory.resolve(name + ".npy"));
                    matrices.features.put(name, new VectorMatrix(Scope.unscoped(mapped), null));
                }
            });
        }
        return matrices;
    }

    /** The same settings with the widths of the opened matrices, which a model is loaded by when it has no matrix to begin with. */
    public InputConfig resolve(InputConfig config) {
        Map<String, PretrainedConfig> resolved = new TreeMap<>(config.pretrained());
        resolved.replaceAll((name, feature) -> {
            VectorMatrix matrix = features.get(name);
            return matrix == null ? feature : feature.withWidth(matrix.width());
        });
        return config.edit().pretrained(resolved).build();
    }

    /** The matrix of a feature; null when its weights are loaded afterwards. */
    @Nullable
    VectorMatrix feature(String name) {
        return features.get(name);
    }

    /** What an embedding table begins with; null when its weights are loaded afterwards. */
    @Nullable
    VectorMatrix table(String name) {
        return tables.get(name);
    }

    /** Lets go of the matrices; models that were made with them keep theirs. */
    @Override
    public void close() {
        features.values().forEach(matrix -> matrix.values().release());
        tables.values().forEach(matrix -> matrix.values().release());
        features.clear();
        tables.clear();
    }
}

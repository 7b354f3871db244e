package io.t4rec.model.input;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The embedding tables of id columns, each a part named after its column, or after what several columns share it by. */
final class EmbeddingTables extends Module {
    private final Map<String, Embedding> tables = new TreeMap<>();
    private final SharedTables shared;
    private final List<ColumnSchema> columns;

    /**
     * @param item name of the item column, whose table has the item's width
     * @param width of the item where no setting says it
     * @param matrices that tables begin with
     */
    EmbeddingTables(
            InputConfig config,
            List<ColumnSchema> columns,
            String item,
            int width,
            PretrainedMatrices matrices,
            Generator generator) {
        this.columns = columns;
        this.shared = new SharedTables(config, columns);
        shared.columnsByTable().forEach((table, members) -> {
            List<String> names = new ArrayList<>(List.of(table));
            members.forEach(member -> names.add(member.name()));
            long cardinality = members.get(0).cardinality();
            int dim = width(config, names, cardinality, item, width);
            double deviation =
                    setting("embeddingDeviations", config.embeddingDeviations(), names, config.embeddingDeviation());
            Embedding made = child(table, Embedding.padded(cardinality, dim, deviation, generator));
            tables.put(table, made);
            config.embeddingInitializers().forEach((name, initializer) -> {
                if (names.contains(name)) {
                    begin(name, made, initializer, matrices.table(name));
                }
            });
        });
    }

    private static void begin(
            String name, Embedding table, TableInitializer initializer, @Nullable VectorMatrix matrix) {
        if (matrix != null) {
            Tensor weights = table.table().value().detach();
            if (matrix.width() != weights.size(1)) {
                throw new DataException("embeddingInitializers." + name + ": "
                        + initializer.matrix().file() + " has width " + matrix.width() + " (expected: "
                        + weights.size(1) + ", the table's; itemDim or embeddingDims set it)");
            }
            if (matrix.present() == null) {
                weights.copyFrom(matrix.values());
            } else {
                Tensor rows =
                        Tensors.of(matrix.present().stream().asLongStream().toArray());
                weights.indexCopyInPlace(0, rows, matrix.values().indexSelect(0, rows));
            }
        }
        if (!initializer.trainable()) {
            table.table().freeze();
        }
    }

    private static int width(InputConfig config, List<String> names, long cardinality, String item, int bodyWidth) {
        boolean holdsItem = names.contains(item);
        if (holdsItem && config.itemDim() != null) {
            return config.itemDim();
        }
        Integer byDefault = config.embeddingDimDefault();
        int other = holdsItem
                ? bodyWidth
                : byDefault != null
                        ? byDefault
                        : SequenceInput.inferredWidth(cardinality, config.embeddingMultiplier());
        return setting("embeddingDims", config.embeddingDims(), names, other);
    }

    /** What a setting says of a table, by its name or that of one of its columns. */
    private static <T> T setting(String name, Map<String, T> settings, List<String> names, T other) {
        Map<String, T> given = new LinkedHashMap<>();
        for (String key : names) {
            T value = settings.get(key);
            if (value != null) {
                given.put(key, value);
            }
        }
        if (given.values().stream().distinct().count() > 1) {
            throw new ConfigException(name + ": " + given + " (expected: one value, since they share a table)");
        }
        return given.isEmpty() ? other : given.values().iterator().next();
    }

    /** Names that settings of tables may use: those of tables and of columns. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(tables.keySet());
        columns.forEach(column -> names.add(column.name()));
        return names;
    }

    /** Id columns, in the order of the schema. */
    List<ColumnSchema> columns() {
        return columns;
    }

    /** The table that a column is looked up in. */
    Embedding table(String column) {
        return Objects.requireNonNull(tables.get(shared.table(column)), column);
    }

    /** The columns that are looked up in the same table as a column, itself among them. */
    List<ColumnSchema> sharing(String column) {
        return columns.stream()
                .filter(other -> shared.table(other.name()).equals(shared.table(column)))
                .collect(Collectors.toUnmodifiableList());
    }

    /** Width of a column's embedding. */
    int width(String column) {
        return (int) table(column).table().value().size(1);
    }

    /** {@code [...]} to {@code [..., width]}. */
    Tensor forward(String column, Tensor ids, Pass pass) {
        return table(column).forward(ids, pass);
    }
}

package io.t4rec.model.input;

import io.t4rec.nn.block.MlpConfig;
import io.t4rec.schema.ConfigException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How columns become one vector a position: embeddings of ids and plain numbers, joined, then projected. {@link #edit} changes single
 * values.
 *
 * @param itemDim width of the item embedding; null for the one in {@code embeddingDims}, else the body's width
 * @param embeddingDims width of id columns by name; those not named have {@code embeddingDimDefault}
 * @param embeddingMultiplier of the rule by which widths are inferred; default 2
 * @param embeddingDeviation standard deviation of fresh embeddings, which are normal with mean 0; default 0.05
 * @param continuousProjection widths of layers over all number columns joined; null or empty to take the numbers as they are
 * @param aggregation a name of {@link AggregationRegistry}: concat, stack, element-wise-sum or element-wise-sum-item-multi
 * @param projection whether an affine layer with ReLU brings the vector to the body's width; needed unless the widths agree
 * @param layerNorm whether each feature is normalised before joining
 * @param dropout on the joined vector
 * @param swapNoise probability in training that a value is replaced by another of the batch; targets never change
 * @param embeddingDeviations deviation by column, the item's too; those not named have {@code embeddingDeviation}; default none
 * @param columns which columns become features, beside the item; null, the default, for all that are tagged categorical or continuous
 * @param embeddingDimDefault width of id columns that are not named; null, the default, to infer {@code ceil(cardinality^0.25 *
 *     multiplier)}
 * @param sharedTables columns that share an embedding table, by a name for the table; default none. Settings of tables may use that name
 * @param shareDomains whether columns whose schema names the same domain share a table, named after it; default false
 * @param pre transformations of ids and numbers before embedding; default none
 * @param post transformations of each feature before joining; default none
 * @param joined transformations of the joined vector; default none
 * @param softEmbeddings numbers as weighted means of learned vectors; null, the default, for none
 * @param embeddingInitializers where embedding tables begin, by column or name of the table; default random
 * @param pretrained further features, whose vectors come from files, by name; default none
 * @param projectionBlock layers that bring the vector to the body's width, in place of the one of {@code projection}; default none
 * @param postContext columns that are joined with what comes out of the body instead; null, the default, for none
 */
public record InputConfig(
        @Nullable Integer itemDim,
        Map<String, Integer> embeddingDims,
        double embeddingMultiplier,
        double embeddingDeviation,
        @Nullable List<Integer> continuousProjection,
        String aggregation,
        boolean projection,
        boolean layerNorm,
        double dropout,
        double swapNoise,
        Map<String, Double> embeddingDeviations,
        @Nullable List<String> columns,
        @Nullable Integer embeddingDimDefault,
        Map<String, List<String>> sharedTables,
        boolean shareDomains,
        List<TransformationSettings> pre,
        List<TransformationSettings> post,
        List<TransformationSettings> joined,
        @Nullable SoftEmbeddings softEmbeddings,
        Map<String, TableInitializer> embeddingInitializers,
        Map<String, PretrainedConfig> pretrained,
        @Nullable MlpConfig projectionBlock,
        @Nullable PostContextConfig postContext) {
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");

    /** @throws ConfigException for values out of range and unknown names */
    public InputConfig {
        embeddingDims = orNone(embeddingDims);
        embeddingDeviations = orNone(embeddingDeviations);
        continuousProjection = continuousProjection == null ? null : List.copyOf(continuousProjection);
        columns = columns == null ? null : List.copyOf(columns);
        sharedTables = tables(orNone(sharedTables));
        pre = transformations(TransformationStage.PRE, pre);
        post = transformations(TransformationStage.POST, post);
        joined = transformations(TransformationStage.JOINED, joined);
        embeddingInitializers = orNone(embeddingInitializers);
        pretrained = orNone(pretrained);
        for (String name : pretrained.keySet()) {
            if (!FILE_NAME.matcher(name).matches()) {
                throw new ConfigException("pretrained: " + name
                        + " (expected: a name of letters, digits, _, - and ., since a bundle has a file of it)");
            }
        }
        if (continuousProjection != null && continuousProjection.stream().anyMatch(width -> width < 1)) {
            throw new ConfigException("continuousProjection: " + continuousProjection + " (expected: widths >= 1)");
        }
        if (itemDim != null && itemDim < 1 || embeddingDims.values().stream().anyMatch(dim -> dim < 1)) {
            throw new ConfigException(
                    "embedding widths: item " + itemDim + ", others " + embeddingDims + " (expected: >= 1)");
        }
        if (embeddingDimDefault != null && embeddingDimDefault < 1) {
            throw new ConfigException("embeddingDimDefault: " + embeddingDimDefault + " (expected: >= 1)");
        }
        if (embeddingDeviations.values().stream()
                .anyMatch(value -> !(value >= 0 && value < Double.POSITIVE_INFINITY))) {
            throw new ConfigException("embeddingDeviations: " + embeddingDeviations + " (expected: finite, >= 0)");
        }
        AggregationRegistry.get(aggregation);
        if (!(embeddingMultiplier > 0) || !(embeddingDeviation >= 0)) {
            throw new ConfigException("input: embeddingMultiplier " + embeddingMultiplier + ", embeddingDeviation "
                    + embeddingDeviation + " (expected: > 0 and >= 0)");
        }
        if (!(dropout >= 0 && dropout < 1) || !(swapNoise >= 0 && swapNoise < 1)) {
            throw new ConfigException(
                    "input: dropout " + dropout + ", swapNoise " + swapNoise + " (expected: 0 <= probability < 1)");
        }
    }

    /** Nothing beyond what has been there from the start. */
    public InputConfig(
            @Nullable Integer itemDim,
            Map<String, Integer> embeddingDims,
            double embeddingMultiplier,
            double embeddingDeviation,
            @Nullable List<Integer> continuousProjection,
            String aggregation,
            boolean projection,
            boolean layerNorm,
            double dropout,
            double swapNoise) {
        this(
                itemDim,
                embeddingDims,
                embeddingMultiplier,
                embeddingDeviation,
                continuousProjection,
                aggregation,
                projection,
                layerNorm,
                dropout,
                swapNoise,
                Map.of(),
                null,
                null,
                Map.of(),
                false,
                List.of(),
                List.of(),
                List.of(),
                null,
                Map.of(),
                Map.of(),
                null,
                null);
    }

    /** None where a file leaves the key out, as those do that were written before there was one. */
    private static <V> Map<String, V> orNone(@Nullable Map<String, V> given) {
        return given == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(given));
    }

    private static Map<String, List<String>> tables(Map<String, List<String>> given) {
        Map<String, List<String>> tables = new TreeMap<>();
        given.forEach((table, columns) -> {
            if (columns.stream().distinct().count() < 2) {
                throw new ConfigException(
                        "sharedTables." + table + ": " + columns + " (expected: at least two columns)");
            }
            tables.put(table, List.copyOf(columns));
        });
        return Collections.unmodifiableMap(tables);
    }

    private static List<TransformationSettings> transformations(
            TransformationStage stage, @Nullable List<TransformationSettings> given) {
        List<TransformationSettings> all = given == null ? List.of() : List.copyOf(given);
        all.forEach(one -> TransformationRegistry.check(stage, one));
        return all;
    }

    /** Joined by concatenation and projected, the original's usual form. */
    public static InputConfig defaults() {
        return new InputConfig(null, Map.of(), 2, 0.05, null, "concat", true, false, 0, 0);
    }

    /**
     * Features go into the body as they are, not projected, so their widths together must be the body's: as they are with the item
     * alone, whose embedding takes the body's width.
     */
    public static InputConfig itemsOnly() {
        return new InputConfig(null, Map.of(), 2, 0.05, null, "concat", false, false, 0, 0);
    }

    /**
     * The same where frozen matrices lie in a folder beside a model, by the model's own ids, each named after its feature; of tables that
     * began with a matrix only the file's name is left.
     */
    public InputConfig stored(String folder) {
        Map<String, PretrainedConfig> features = new TreeMap<>();
        pretrained.forEach((name, feature) -> {
            MatrixFile matrix = feature.trainable()
                    ? feature.matrix().named(nameOf(feature.matrix()))
                    : feature.matrix().storedAs(folder + "/" + name + ".npy");
            features.put(name, feature.withMatrix(matrix));
        });
        Map<String, TableInitializer> tables = new TreeMap<>();
        embeddingInitializers.forEach((name, table) -> tables.put(
                name, new TableInitializer(table.matrix().named(nameOf(table.matrix())), table.trainable())));
        return edit().pretrained(features).embeddingInitializers(tables).build();
    }

    /** Files with vectors, in no particular order, each once. */
    public Set<String> files() {
        Set<String> files = new TreeSet<>();
        pretrained.values().forEach(feature -> files.add(feature.matrix().file()));
        embeddingInitializers.values().forEach(table -> files.add(table.matrix().file()));
        return files;
    }

    private static String nameOf(MatrixFile matrix) {
        return matrix.file()
                .substring(
                        Math.max(matrix.file().lastIndexOf('/'), matrix.file().lastIndexOf('\\')) + 1);
    }

    /** To change single values. */
    public InputConfigEditor edit() {
        return new InputConfigEditor(this);
    }
}

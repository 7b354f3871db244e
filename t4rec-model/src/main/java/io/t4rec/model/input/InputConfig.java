package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How columns become one vector a position: embeddings of ids and plain numbers, joined, then projected.
 *
 * @param itemDim width of the item embedding; null for the one in {@code embeddingDims}, else the body's width
 * @param embeddingDims width of id columns by name; those not named are inferred as {@code ceil(cardinality^0.25 *
 *     multiplier)}
 * @param embeddingMultiplier of that rule; default 2
 * @param embeddingDeviation standard deviation of fresh embeddings, which are normal with mean 0; default 0.05
 * @param continuousProjection widths of layers over all number columns joined; null or empty to take the numbers as they are
 * @param aggregation concat, element-wise-sum or element-wise-sum-item-multi
 * @param projection whether an affine layer with ReLU brings the vector to the body's width; needed unless the widths agree
 * @param layerNorm whether each feature is normalised before joining
 * @param dropout on the joined vector
 * @param swapNoise probability in training that a value is replaced by another of the batch; targets never change
 * @param embeddingDeviations deviation by column, the item's too; those not named have {@code embeddingDeviation}; default none
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
        Map<String, Double> embeddingDeviations) {
    /** @throws ConfigException for values out of range or an unknown aggregation */
    public InputConfig {
        embeddingDims = Map.copyOf(embeddingDims);
        embeddingDeviations = deviations(embeddingDeviations);
        continuousProjection = continuousProjection == null ? null : List.copyOf(continuousProjection);
        if (continuousProjection != null && continuousProjection.stream().anyMatch(width -> width < 1)) {
            throw new ConfigException("continuousProjection: " + continuousProjection + " (expected: widths >= 1)");
        }
        if (itemDim != null && itemDim < 1 || embeddingDims.values().stream().anyMatch(dim -> dim < 1)) {
            throw new ConfigException(
                    "embedding widths: item " + itemDim + ", others " + embeddingDims + " (expected: >= 1)");
        }
        Aggregation.of(aggregation);
        if (!(embeddingMultiplier > 0) || !(embeddingDeviation >= 0)) {
            throw new ConfigException("input: embeddingMultiplier " + embeddingMultiplier + ", embeddingDeviation "
                    + embeddingDeviation + " (expected: > 0 and >= 0)");
        }
        if (!(dropout >= 0 && dropout < 1) || !(swapNoise >= 0 && swapNoise < 1)) {
            throw new ConfigException(
                    "input: dropout " + dropout + ", swapNoise " + swapNoise + " (expected: 0 <= probability < 1)");
        }
    }

    /** One deviation for all embeddings. */
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
                Map.of());
    }

    /** None where a file written before there were any leaves them out. */
    private static Map<String, Double> deviations(@Nullable Map<String, Double> given) {
        Map<String, Double> deviations = given == null ? Map.of() : Map.copyOf(given);
        if (deviations.values().stream().anyMatch(value -> !(value >= 0 && value < Double.POSITIVE_INFINITY))) {
            throw new ConfigException("embeddingDeviations: " + deviations + " (expected: finite, >= 0)");
        }
        return deviations;
    }

    /** The standard deviation of a column's fresh embeddings. */
    double deviation(String column) {
        return embeddingDeviations.getOrDefault(column, embeddingDeviation);
    }

    /** Joined by concatenation and projected, the original's usual form. */
    public static InputConfig defaults() {
        return new InputConfig(null, Map.of(), 2, 0.05, null, "concat", true, false, 0, 0);
    }

    /** The item embedding alone goes into the body as it is. */
    public static InputConfig itemsOnly() {
        return new InputConfig(null, Map.of(), 2, 0.05, null, "concat", false, false, 0, 0);
    }
}

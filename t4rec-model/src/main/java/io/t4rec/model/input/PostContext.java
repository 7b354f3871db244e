package io.t4rec.model.input;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Linear;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@link PostContextConfig} with weights: columns embedded, joined one after another and brought to the width of the hidden states by an
 * affine layer, where they are multiplied or added. Where masking hides an event, its features are hidden too.
 */
public final class PostContext extends FeatureGroup {
    private final PostContextConfig.Fusion fusion;
    private final @Nullable Linear projection;
    private final int outputWidth;

    /**
     * @param config with a post-context
     * @param hiddenWidth of the body
     * @throws ConfigException for a column that is no feature, and the item
     */
    public PostContext(InputConfig config, Schema schema, int hiddenWidth, Generator generator) {
        super(
                groupSettings(config),
                columns(settings(config), schema),
                schema.itemId().name(),
                hiddenWidth,
                List.of(),
                PretrainedMatrices.none(),
                generator);
        fusion = settings(config).kind();
        boolean joined = fusion == PostContextConfig.Fusion.CONCAT;
        projection = joined ? null : child("projection", Linear.fanIn(joinedWidth(), hiddenWidth, true, generator));
        outputWidth = joined ? hiddenWidth + joinedWidth() : hiddenWidth;
    }

    private static PostContextConfig settings(InputConfig config) {
        PostContextConfig settings = config.postContext();
        if (settings == null) {
            throw new IllegalArgumentException("postContext: none (expected: settings of one)");
        }
        return settings;
    }

    /** Widths, deviations and the normalisation of features are those of the input. */
    private static InputConfig groupSettings(InputConfig config) {
        return config.edit()
                .aggregation("concat")
                .continuousProjection(null)
                .softEmbeddings(null)
                .sharedTables(Map.of())
                .shareDomains(false)
                .embeddingInitializers(Map.of())
                .pretrained(Map.of())
                .pre(List.of())
                .post(List.of())
                .joined(List.of())
                .dropout(0)
                .swapNoise(0)
                .build();
    }

    private static FeatureColumns columns(PostContextConfig settings, Schema schema) {
        FeatureColumns all = FeatureColumns.of(schema);
        String item = schema.itemId().name();
        List<String> known =
                all.names().stream().filter(name -> !name.equals(item)).toList();
        FeatureColumns.checkNames("postContext.columns", settings.columns(), known);
        return all.filter(settings.columns()::contains);
    }

    /** Of the columns those with a value for each event. */
    public static List<String> listColumns(InputConfig config, Schema schema) {
        FeatureColumns columns = columns(settings(config), schema);
        return columns.all()
                .filter(ColumnSchema::isList)
                .map(ColumnSchema::name)
                .toList();
    }

    /** Width of what {@link #forward} gives. */
    public int outputWidth() {
        return outputWidth;
    }

    /**
     * Joins hidden states with their context.
     *
     * @param hidden {@code [to - from, length, hiddenWidth]}; of any length when all columns have one value a row
     * @param from first row of the batch
     * @param to row after the last
     * @return {@code [to - from, length, outputWidth]}
     */
    public Tensor forward(Tensor hidden, SequenceBatch batch, MaskedSequences masked, int from, int to, Pass pass) {
        PaddedRows rows = new PaddedRows(batch, masked, from, to, true, hidden.device());
        Tensor joined = join(rows, pass); // (B, L, W) or (B, W)
        Tensor context = projection == null ? joined : projection.forward(joined);
        Tensor alike = context.rank() == 3 ? context : context.unsqueeze(1).expand(-1, hidden.size(1), -1);
        return switch (fusion) {
            case ELEMENTWISE_MUL -> hidden.mul(alike.add(1));
            case ELEMENTWISE_SUM -> hidden.add(alike);
            case CONCAT -> Tensors.concat(-1, hidden, alike);
        };
    }
}

package io.t4rec.model.input;

import io.t4rec.nn.block.MlpConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes single values of an {@link InputConfig}; each method is named and documented there. */
public final class InputConfigEditor {
    private @Nullable Integer itemDim;
    private Map<String, Integer> embeddingDims;
    private double embeddingMultiplier;
    private double embeddingDeviation;
    private @Nullable List<Integer> continuousProjection;
    private String aggregation;
    private boolean projection;
    private boolean layerNorm;
    private double dropout;
    private double swapNoise;
    private Map<String, Double> embeddingDeviations;
    private @Nullable List<String> columns;
    private @Nullable Integer embeddingDimDefault;
    private Map<String, List<String>> sharedTables;
    private boolean shareDomains;
    private List<TransformationSettings> pre;
    private List<TransformationSettings> post;
    private List<TransformationSettings> joined;
    private @Nullable SoftEmbeddings softEmbeddings;
    private Map<String, TableInitializer> embeddingInitializers;
    private Map<String, PretrainedConfig> pretrained;
    private @Nullable MlpConfig projectionBlock;
    private @Nullable PostContextConfig postContext;

    InputConfigEditor(InputConfig config) {
        itemDim = config.itemDim();
        embeddingDims = config.embeddingDims();
        embeddingMultiplier = config.embeddingMultiplier();
        embeddingDeviation = config.embeddingDeviation();
        continuousProjection = config.continuousProjection();
        aggregation = config.aggregation();
        projection = config.projection();
        layerNorm = config.layerNorm();
        dropout = config.dropout();
        swapNoise = config.swapNoise();
        embeddingDeviations = config.embeddingDeviations();
        columns = config.columns();
        embeddingDimDefault = config.embeddingDimDefault();
        sharedTables = config.sharedTables();
        shareDomains = config.shareDomains();
        pre = config.pre();
        post = config.post();
        joined = config.joined();
        softEmbeddings = config.softEmbeddings();
        embeddingInitializers = config.embeddingInitializers();
        pretrained = config.pretrained();
        projectionBlock = config.projectionBlock();
        postContext = config.postContext();
    }

    public InputConfigEditor itemDim(@Nullable Integer value) {
        itemDim = value;
        return this;
    }

    public InputConfigEditor embeddingDims(Map<String, Integer> value) {
        embeddingDims = value;
        return this;
    }

    public InputConfigEditor embeddingMultiplier(double value) {
        embeddingMultiplier = value;
        return this;
    }

    public InputConfigEditor embeddingDeviation(double value) {
        embeddingDeviation = value;
        return this;
    }

    public InputConfigEditor continuousProjection(@Nullable List<Integer> value) {
        continuousProjection = value;
        return this;
    }

    public InputConfigEditor aggregation(String value) {
        aggregation = value;
        return this;
    }

    public InputConfigEditor projection(boolean value) {
        projection = value;
        return this;
    }

    public InputConfigEditor layerNorm(boolean value) {
        layerNorm = value;
        return this;
    }

    public InputConfigEditor dropout(double value) {
        dropout = value;
        return this;
    }

    public InputConfigEditor swapNoise(double value) {
        swapNoise = value;
        return this;
    }

    public InputConfigEditor embeddingDeviations(Map<String, Double> value) {
        embeddingDeviations = value;
        return this;
    }

    public InputConfigEditor columns(@Nullable List<String> value) {
        columns = value;
        return this;
    }

    public InputConfigEditor embeddingDimDefault(@Nullable Integer value) {
        embeddingDimDefault = value;
        return this;
    }

    public InputConfigEditor sharedTables(Map<String, List<String>> value) {
        sharedTables = value;
        return this;
    }

    public InputConfigEditor shareDomains(boolean value) {
        shareDomains = value;
        return this;
    }

    public InputConfigEditor pre(List<TransformationSettings> value) {
        pre = value;
        return this;
    }

    public InputConfigEditor post(List<TransformationSettings> value) {
        post = value;
        return this;
    }

    public InputConfigEditor joined(List<TransformationSettings> value) {
        joined = value;
        return this;
    }

    public InputConfigEditor softEmbeddings(@Nullable SoftEmbeddings value) {
        softEmbeddings = value;
        return this;
    }

    public InputConfigEditor embeddingInitializers(Map<String, TableInitializer> value) {
        embeddingInitializers = value;
        return this;
    }

    public InputConfigEditor pretrained(Map<String, PretrainedConfig> value) {
        pretrained = value;
        return this;
    }

    public InputConfigEditor projectionBlock(@Nullable MlpConfig value) {
        projectionBlock = value;
        return this;
    }

    public InputConfigEditor postContext(@Nullable PostContextConfig value) {
        postContext = value;
        return this;
    }

    /** @throws io.t4rec.schema.ConfigException as the record's constructor */
    public InputConfig build() {
        return new InputConfig(
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
                embeddingDeviations,
                columns,
                embeddingDimDefault,
                sharedTables,
                shareDomains,
                pre,
                post,
                joined,
                softEmbeddings,
                embeddingInitializers,
                pretrained,
                projectionBlock,
                postContext);
    }
}

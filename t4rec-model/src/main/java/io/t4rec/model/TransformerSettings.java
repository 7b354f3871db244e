package io.t4rec.model;

import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.schema.ConfigException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which body with which arguments: those of Transformers4Rec's {@code T4RecConfig.build}, in camel case.
 *
 * @param type a name of {@link TransformerRegistry}
 * @param dModel width; default 64
 * @param nHead attention heads; default 4
 * @param nLayer layers; default 2
 * @param totalSeqLength longest sequence; default 20
 * @param hiddenAct activation; default gelu
 * @param initializerRange deviation of fresh weights; default 0.01
 * @param layerNormEps added to variances; default 0.03
 * @param dropout everywhere; default 0.3
 * @param dInner width of the feed-forward part; null for what is usual of the architecture
 * @param options what bodies of this type alone have, by name; null for their defaults
 */
public record TransformerSettings(
        String type,
        int dModel,
        int nHead,
        int nLayer,
        int totalSeqLength,
        String hiddenAct,
        double initializerRange,
        double layerNormEps,
        double dropout,
        @Nullable Integer dInner,
        @Nullable Map<String, Object> options) {
    /** @throws ConfigException for an unknown type or arguments that the architecture refuses */
    public TransformerSettings {
        options =
                options == null || options.isEmpty() ? null : Collections.unmodifiableMap(new LinkedHashMap<>(options));
        try {
            BuildArguments arguments = new BuildArguments(
                    dModel, nHead, nLayer, totalSeqLength, hiddenAct, initializerRange, layerNormEps, dropout, dInner);
            TransformerRegistry.build(type, arguments, given(options));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("transformer: " + e.getMessage(), e);
        }
    }

    /** Without options of the type's own. */
    public TransformerSettings(
            String type,
            int dModel,
            int nHead,
            int nLayer,
            int totalSeqLength,
            String hiddenAct,
            double initializerRange,
            double layerNormEps,
            double dropout,
            @Nullable Integer dInner) {
        this(
                type,
                dModel,
                nHead,
                nLayer,
                totalSeqLength,
                hiddenAct,
                initializerRange,
                layerNormEps,
                dropout,
                dInner,
                null);
    }

    private static Map<String, Object> given(@Nullable Map<String, Object> options) {
        return options == null ? Map.of() : options;
    }

    /** The same with another dropout. */
    public TransformerSettings withDropout(double share) {
        return new TransformerSettings(
                type,
                dModel,
                nHead,
                nLayer,
                totalSeqLength,
                hiddenAct,
                initializerRange,
                layerNormEps,
                share,
                dInner,
                options);
    }

    /**
     * The same type in other sizes, with the inner width that is usual then.
     *
     * @throws ConfigException for sizes that the architecture refuses
     */
    public TransformerSettings withSizes(int width, int heads, int layers) {
        return new TransformerSettings(
                type,
                width,
                heads,
                layers,
                totalSeqLength,
                hiddenAct,
                initializerRange,
                layerNormEps,
                dropout,
                null,
                options);
    }

    /**
     * The same with options of the type's own in place of those it has.
     *
     * @throws ConfigException for an unknown option, suggesting the nearest, and for a value out of range
     */
    public TransformerSettings withOptions(Map<String, Object> values) {
        return new TransformerSettings(
                type,
                dModel,
                nHead,
                nLayer,
                totalSeqLength,
                hiddenAct,
                initializerRange,
                layerNormEps,
                dropout,
                dInner,
                values);
    }

    /**
     * The original's defaults for a body of this type.
     *
     * @throws ConfigException as the constructor
     */
    public static TransformerSettings of(String type, int dModel, int nHead, int nLayer, int totalSeqLength) {
        BuildArguments a = BuildArguments.of(1, 1, 1, 1); // for its defaults; the sizes are checked below
        return new TransformerSettings(
                type,
                dModel,
                nHead,
                nLayer,
                totalSeqLength,
                a.hiddenAct(),
                a.initializerRange(),
                a.layerNormEps(),
                a.dropout(),
                null);
    }

    TransformerConfig toConfig() {
        return TransformerRegistry.build(
                type,
                new BuildArguments(
                        dModel,
                        nHead,
                        nLayer,
                        totalSeqLength,
                        hiddenAct,
                        initializerRange,
                        layerNormEps,
                        dropout,
                        dInner),
                given(options));
    }
}

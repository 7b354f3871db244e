package io.t4rec.model;

import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which body with which arguments: those of Transformers4Rec's {@code T4RecConfig.build}, in camel case. {@link ModelConfig#defaults} has
 * what suits short sessions.
 *
 * @param type a name of {@link TransformerRegistry} or an alias, which becomes the name
 * @param dModel width
 * @param nHead attention heads
 * @param nLayer layers
 * @param totalSeqLength longest sequence
 * @param hiddenAct name of the activation
 * @param initializerRange deviation of fresh weights
 * @param layerNormEps added to variances
 * @param dropout everywhere, 0 to below 1
 * @param dInner width of the feed-forward part; null for what is usual of the architecture
 * @param options what bodies of this type alone have, by name; null for their defaults
 * @param pretrained a Hugging Face directory of this type, relative to the working directory, from which a fresh model's body
 *     starts. All that the body is comes from its {@code config.json} then; the arguments above but {@code type} and {@code
 *     totalSeqLength} stay at their defaults, or say the same. Null for fresh weights
 * @param architecture what the body is, by Hugging Face's names, where it started from {@code pretrained}; filled in then, so that
 *     the directory isn't needed again. Null where the arguments above say it
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
        @Nullable Map<String, Object> options,
        @Nullable String pretrained,
        @Nullable Map<String, Object> architecture) {
    /** @throws ConfigException for an unknown type or arguments that the architecture refuses */
    public TransformerSettings {
        if (type == null) {
            throw new ConfigException("transformer: no type (expected: one of " + TransformerRegistry.names() + ")");
        }
        type = TransformerRegistry.own(type);
        options =
                options == null || options.isEmpty() ? null : Collections.unmodifiableMap(new LinkedHashMap<>(options));
        try {
            BuildArguments arguments = new BuildArguments(
                    dModel, nHead, nLayer, totalSeqLength, hiddenAct, initializerRange, layerNormEps, dropout, dInner);
            TransformerRegistry.build(type, arguments, given(options));
            architecture = architecture == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(architecture));
            checkStart(type, options, pretrained, architecture);
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
                null,
                null,
                null);
    }

    /** Without a start from elsewhere. */
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
            @Nullable Integer dInner,
            @Nullable Map<String, Object> options) {
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
                options,
                null,
                null);
    }

    private static void checkStart(
            String type,
            @Nullable Map<String, Object> options,
            @Nullable String pretrained,
            @Nullable Map<String, Object> architecture) {
        if (pretrained != null && options != null) {
            throw new ConfigException("transformer.options: " + options.keySet()
                    + " (expected: none beside pretrained, whose config.json says all of the body)");
        }
        if (architecture != null) {
            checkType(type, HuggingFaceDirectory.config(architecture));
        }
    }

    private static void checkType(String type, TransformerConfig read) {
        if (!read.modelType().equals(type)) {
            throw new ConfigException("transformer.type: " + type + " (expected: " + read.modelType()
                    + ", the model_type of its config.json)");
        }
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
                options,
                pretrained,
                architecture);
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
                values,
                pretrained,
                architecture);
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

    /**
     * The directory that a fresh body starts from, in tensors of the innermost scope; null when there is none, or the body was built
     * from it already.
     *
     * @throws ConfigException when the files can't be read
     * @throws io.t4rec.schema.ModelFormatException when they are none of a known architecture
     */
    @Nullable
    HuggingFaceDirectory readPretrained() {
        if (pretrained == null || architecture != null) {
            return null;
        }
        try {
            return HuggingFaceDirectory.read(Path.of(pretrained));
        } catch (IOException e) {
            throw new ConfigException(
                    "transformer.pretrained: " + pretrained + " (expected: readable files; " + e.getMessage() + ")", e);
        }
    }

    /**
     * The same for a body of an architecture that was read.
     *
     * @throws ConfigException when it is of another type, or an argument that isn't at its default says something else
     */
    TransformerSettings builtFrom(TransformerConfig read) {
        checkType(type, read);
        PretrainedArguments.check(type, arguments(), read);
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
                options,
                pretrained,
                HuggingFaceDirectory.keys(read));
    }

    /** The architecture that these settings describe, whatever it starts from. */
    public TransformerConfig toConfig() {
        if (architecture != null) {
            return HuggingFaceDirectory.config(architecture);
        }
        return TransformerRegistry.build(type, arguments(), given(options));
    }

    BuildArguments arguments() {
        return new BuildArguments(
                dModel, nHead, nLayer, totalSeqLength, hiddenAct, initializerRange, layerNormEps, dropout, dInner);
    }
}

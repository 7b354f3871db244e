package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.Names;
import io.t4rec.tensor.Generator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Transformations of features by name. Register your own before models are built; safe for many threads. */
public final class TransformationRegistry {
    private static final Map<String, Entry> ENTRIES = new ConcurrentSkipListMap<>();

    static {
        Set<TransformationStage> vectors = Set.of(TransformationStage.POST, TransformationStage.JOINED);
        register("dropout", new FeatureDropout.Options(0), vectors, FeatureDropout::new);
        register("layer-norm", FeatureLayerNorm.Options.defaults(), vectors, FeatureLayerNorm::new);
        for (String name : List.of("ssn", "stochastic-swap-noise")) {
            register(name, new SwapNoise.Options(0.1), Set.of(TransformationStage.PRE), SwapNoise::new);
        }
    }

    private TransformationRegistry() {}

    /**
     * Makes a transformation.
     *
     * @param <O> a record of its options
     */
    @FunctionalInterface
    public interface Factory<O extends Record> {
        /**
         * @param widths of the features by name; 1 for ids and numbers before embedding
         * @param generator of fresh weights
         */
        FeatureTransformation create(O options, SortedMap<String, Integer> widths, Generator generator);
    }

    private record Entry(Set<TransformationStage> stages, Maker maker) {}

    private interface Maker {
        FeatureTransformation create(Map<String, ?> options, SortedMap<String, Integer> widths, Generator generator);
    }

    /**
     * Adds a transformation.
     *
     * @param defaults a record of plain values, at least one; what settings say is laid over it
     * @param stages where it may stand
     * @throws ConfigException when the name is taken
     */
    public static <O extends Record> void register(
            String name, O defaults, Set<TransformationStage> stages, Factory<O> factory) {
        Entry entry = new Entry(
                Set.copyOf(stages),
                (options, widths, generator) ->
                        factory.create(ConfigFiles.over(defaults, options, name + ", options"), widths, generator));
        if (ENTRIES.putIfAbsent(name, entry) != null) {
            throw new ConfigException("transformation: " + name + " (expected: a name not registered before)");
        }
    }

    /** All names in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(ENTRIES.keySet());
    }

    /** @throws ConfigException for an unknown name, suggesting the nearest, and for a stage where it can't stand */
    static void check(TransformationStage stage, TransformationSettings settings) {
        Entry entry = ENTRIES.get(settings.name());
        if (entry == null) {
            throw new ConfigException(stage.setting() + ": " + settings.name() + " (expected: "
                    + Names.expectation(settings.name(), names()) + ")");
        }
        if (!entry.stages.contains(stage)) {
            List<String> allowed = entry.stages.stream()
                    .map(TransformationStage::setting)
                    .sorted()
                    .toList();
            throw new ConfigException(
                    stage.setting() + ": " + settings.name() + " (expected: under one of " + allowed + ")");
        }
    }

    static FeatureTransformation create(
            TransformationStage stage,
            TransformationSettings settings,
            SortedMap<String, Integer> widths,
            Generator generator) {
        check(stage, settings);
        Entry entry = Objects.requireNonNull(ENTRIES.get(settings.name()), settings.name());
        return entry.maker.create(settings.given(), widths, generator);
    }
}

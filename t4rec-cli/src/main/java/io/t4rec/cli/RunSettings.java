package io.t4rec.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a run was started with, kept in {@code run.json} beside its checkpoints. A run goes on only with the same settings and the
 * same data; more epochs are welcome, except where one model is trained after the other ({@link Length#FIXED}).
 *
 * @param evaluation how the epoch is chosen; null for runs that were started without a recipe
 * @param events statistics of the data, by which it is known again
 * @param vectors digests of the files that the input's settings name, by file; null without any
 */
record RunSettings(
        int formatVersion,
        Experiment experiment,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable EvaluationSettings evaluation,
        PreparedData.Events events,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> vectors) {
    private static final int FORMAT_VERSION = 1;
    private static final String FILE = "run.json";
    private static final String EPOCHS = "experiment.training.epochs";
    private static final String MAX_STEPS = "experiment.training.maxSteps";
    /** What events are known by again, where both times it could be told. */
    private static final String DIGEST = ".digest";

    /** Keys that only say when a run ends or saves, or where it computes. */
    private static final Set<String> FREE = Set.of(
            "experiment.training.patience",
            "experiment.training.checkpointSteps",
            "experiment.training.device",
            "evaluation.baselines");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether a run may go on for longer than it was to last when it began. */
    enum Length {
        /** It may. */
        FREE,
        /** It may not: what follows on its parts began with them as they were. */
        FIXED
    }

    /**
     * Notes the settings of a run that begins, or compares them with those of the run that goes on.
     *
     * @throws ConfigException when the run in the directory was started otherwise
     */
    static void begin(
            Path output,
            Experiment experiment,
            @Nullable EvaluationSettings evaluation,
            PreparedData.Events events,
            Length length)
            throws IOException {
        ConfigFiles.writeJson(output.resolve(FILE), checked(output, experiment, evaluation, events, length));
    }

    /**
     * Compares the settings with those of the run that goes on, if there is one, and notes nothing.
     *
     * @throws ConfigException when the run in the directory was started otherwise
     */
    static void check(
            Path output, Experiment experiment, @Nullable EvaluationSettings evaluation, PreparedData.Events events)
            throws IOException {
        checked(output, experiment, evaluation, events, Length.FREE);
    }

    private static RunSettings checked(
            Path output,
            Experiment experiment,
            @Nullable EvaluationSettings evaluation,
            PreparedData.Events events,
            Length length)
            throws IOException {
        RunSettings settings =
                new RunSettings(FORMAT_VERSION, experiment, evaluation, events, PretrainedInputs.digests(experiment));
        Path file = output.resolve(FILE);
        if (hasCheckpoint(output)) {
            String remedy = "; continue with the same settings and data, or choose another --output)";
            if (!Files.exists(file)) {
                throw new ConfigException("run: " + output + " has checkpoints but no " + FILE
                        + " (expected: a run that t4rec train wrote" + remedy);
            }
            String difference =
                    difference("", JSON.readTree(file.toFile()), JSON.readTree(ConfigFiles.toJson(settings)), length);
            if (difference != null) {
                throw new ConfigException(file + ": the run was started with other settings: " + difference + remedy);
            }
        }
        return settings;
    }

    private static boolean hasCheckpoint(Path output) throws IOException {
        Path checkpoints = output.resolve("checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (var files = Files.list(checkpoints)) {
            return files.findAny().isPresent();
        }
    }

    private static boolean areComparable(JsonNode old, JsonNode now) {
        return old.isTextual() && now.isTextual() && EventStatistics.areComparable(old.textValue(), now.textValue());
    }

    /** The first key whose values differ, with both; null when there is none. */
    private static @Nullable String difference(String key, JsonNode old, JsonNode now, Length length) {
        if (old.isObject() && now.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            for (Iterator<String> i = old.fieldNames(); i.hasNext(); ) {
                names.add(i.next());
            }
            for (Iterator<String> i = now.fieldNames(); i.hasNext(); ) {
                names.add(i.next());
            }
            for (String name : names) {
                String found =
                        difference(key.isEmpty() ? name : key + "." + name, old.path(name), now.path(name), length);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        boolean same = old.equals(now)
                || (isNothing(old) && isNothing(now))
                || (old.isMissingNode() && isZero(now))
                || FREE.contains(key)
                || (key.endsWith(DIGEST) && !areComparable(old, now))
                || (length == Length.FREE && isLonger(key, old, now));
        return same ? null : key.replaceFirst("^experiment\\.", "") + ": " + now + " (expected: " + old;
    }

    private static boolean isLonger(String key, JsonNode old, JsonNode now) {
        return key.equals(MAX_STEPS) || (key.equals(EPOCHS) && now.asLong() >= old.asLong());
    }

    /** As keys that an older version didn't know are when they change nothing. */
    private static boolean isZero(JsonNode node) {
        return node.isNumber() ? node.asDouble() == 0 : node.isBoolean() && !node.asBoolean();
    }

    /** A key that an older version didn't know is as one that is set to nothing. */
    private static boolean isNothing(JsonNode node) {
        return node.isMissingNode() || node.isNull() || (node.isContainerNode() && node.isEmpty());
    }
}

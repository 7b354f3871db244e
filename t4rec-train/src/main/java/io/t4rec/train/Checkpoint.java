package io.t4rec.train;

import io.t4rec.model.SessionModel;
import io.t4rec.model.TrainingFigures;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.SafetensorsException;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands, on disk: a new directory each time, put in place by renaming; older ones are deleted only afterwards, so that
 * a kill at any moment leaves the newest complete one.
 *
 * @param epoch the run is in, from 0
 * @param batch batches of that epoch that are done
 * @param step batches of the run that are done
 * @param optimizerSteps steps of the optimiser
 * @param epochLoss sum of the losses of the epoch's batches so far
 * @param epochFigures of the epoch's batches so far, what the task tells beside its loss; empty where a file has no such key
 * @param history whole epochs; one that was cut off is not among them
 * @param settings of the run, without those that only say when it ends
 * @param batchesPerEpoch of the data
 * @param lossScale of float16 gradients; 1 in other precisions
 * @param lossScaleSteps steps since the scale changed
 */
record Checkpoint(
        int formatVersion,
        int epoch,
        int batch,
        long step,
        long optimizerSteps,
        double epochLoss,
        Map<String, TrainingFigures.Mean> epochFigures,
        List<TrainingListener.Epoch> history,
        TrainingConfig settings,
        long batchesPerEpoch,
        double lossScale,
        int lossScaleSteps) {
    static final int FORMAT_VERSION = 2;

    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    Checkpoint {
        epochFigures = epochFigures == null ? Map.of() : epochFigures;
    }

    private static final String PREFIX = "checkpoint-";
    private static final String STATE = "state.json";
    private static final String WEIGHTS = "weights.safetensors";
    private static final String MOMENTS = "optimizer.safetensors";
    private static final String BEST = "best.safetensors";
    private static final String AVERAGE = "average.safetensors";
    private static final String SAMPLER_STATE = "state";
    private static final String SAMPLER = "sampler.safetensors";

    /**
     * @param best weights of the best epoch; empty when none was chosen
     * @param average moving average of the weights; empty when none is kept
     * @param sampler state of what draws negatives; empty when it has none
     */
    void write(
            Path folder,
            SessionModel model,
            Optimizer optimizer,
            Map<String, Tensor> best,
            Map<String, Tensor> average,
            long[] sampler)
            throws IOException {
        Path target = folder.resolve(PREFIX + step);
        if (!Files.exists(target)) {
            AtomicFiles.directory(target, STATE, temporary -> {
                save(temporary.resolve(WEIGHTS), model.state());
                save(temporary.resolve(MOMENTS), optimizer.state());
                if (!best.isEmpty()) {
                    save(temporary.resolve(BEST), best);
                }
                if (!average.isEmpty()) {
                    save(temporary.resolve(AVERAGE), average);
                }
                if (sampler.length > 0) {
                    try (Scope scope = Scope.open()) {
                        save(temporary.resolve(SAMPLER), Map.of(SAMPLER_STATE, Tensors.of(sampler)));
                    }
                }
                ConfigFiles.writeJson(temporary.resolve(STATE), this);
            });
        }
        AtomicFiles.deleteAbandoned(folder);
        for (Path other : all(folder)) {
            if (!other.equals(target)) {
                AtomicFiles.deleteTree(other);
            }
        }
    }

    private static void save(Path file, Map<String, Tensor> tensors) throws IOException {
        AtomicFiles.write(file, out -> new Safetensors(tensors, Map.of()).write(out));
    }

    /** The newest checkpoint of a folder, or null when there is none. */
    static @Nullable Path newest(Path folder) throws IOException {
        List<Path> all = all(folder);
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    private static List<Path> all(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.list(folder)) {
                files.filter(path -> path.getFileName().toString().matches(PREFIX + "\\d+"))
                        .forEach(found::add);
            }
        }
        found.sort(Comparator.comparingLong(
                path -> Long.parseLong(path.getFileName().toString().substring(PREFIX.length()))));
        return found;
    }

    /**
     * Reads a checkpoint into model and optimiser; the best weights so far are left to the caller.
     *
     * @throws ConfigException when it was made with other settings or other data
     * @throws ModelFormatException for an unknown format version, and when it is damaged
     */
    static Checkpoint read(
            Path directory, TrainingConfig settings, long batchesPerEpoch, SessionModel model, Optimizer optimizer)
            throws IOException {
        Checkpoint state = state(directory);
        if (state.formatVersion != FORMAT_VERSION) {
            throw new ModelFormatException(directory + ": format version " + state.formatVersion + " (expected: "
                    + FORMAT_VERSION + "; start the run anew)");
        }
        check(directory, "settings", settings, state.settings);
        check(directory, "batches an epoch", batchesPerEpoch, state.batchesPerEpoch);
        try (Scope scope = Scope.open()) {
            model.load(tensors(directory, WEIGHTS));
            optimizer.load(state.optimizerSteps, tensors(directory, MOMENTS));
        }
        return state;
    }

    private static Checkpoint state(Path directory) throws IOException {
        try {
            return ConfigFiles.readJson(directory.resolve(STATE), Checkpoint.class);
        } catch (ConfigException | NoSuchFileException e) {
            throw damaged(directory, e);
        }
    }

    private static Map<String, Tensor> tensors(Path directory, String file) throws IOException {
        try {
            return Safetensors.read(directory.resolve(file)).tensors();
        } catch (SafetensorsException | NoSuchFileException e) {
            throw damaged(directory, e);
        }
    }

    private static ModelFormatException damaged(Path directory, Exception e) {
        String what = e instanceof NoSuchFileException ? e.getMessage() + ": absent" : e.getMessage();
        return new ModelFormatException(
                what + " (expected: a whole checkpoint; delete " + directory
                        + ", and the run goes on from the checkpoint before, or begins anew where there is none)",
                e);
    }

    private static void check(Path directory, String name, Object now, Object then) {
        if (!now.equals(then)) {
            throw new ConfigException(name + ": " + now + " (expected: " + then + ", as in " + directory
                    + "; continue with the same settings and data, or choose another output)");
        }
    }

    /** The best weights of a checkpoint, in the caller's scope; empty when none are in it. */
    static Map<String, Tensor> best(Path directory) throws IOException {
        return tensorsIfThere(directory, BEST);
    }

    /** The moving average of the weights, in the caller's scope; empty when none is in it. */
    static Map<String, Tensor> average(Path directory) throws IOException {
        return tensorsIfThere(directory, AVERAGE);
    }

    private static Map<String, Tensor> tensorsIfThere(Path directory, String file) throws IOException {
        return Files.exists(directory.resolve(file)) ? tensors(directory, file) : Map.of();
    }

    /** State of what draws negatives; empty when it has none. */
    static long[] sampler(Path directory) throws IOException {
        if (!Files.exists(directory.resolve(SAMPLER))) {
            return new long[0];
        }
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = tensors(directory, SAMPLER);
            return Objects.requireNonNull(tensors.get(SAMPLER_STATE), SAMPLER).toLongs();
        }
    }
}

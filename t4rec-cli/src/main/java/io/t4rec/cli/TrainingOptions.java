package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The options of commands that train. */
final class TrainingOptions {
    @CommandLine.Mixin
    private ExperimentOptions options;

    @CommandLine.Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Workers that share each batch, 1 to 1024; 0: one a core. Short for --set training.threads=N, and stronger.")
    private @Nullable Integer threads;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    TrainingOptions() {}

    Experiment read() throws IOException {
        return over(Experiment.defaults());
    }

    /**
     * Over other defaults.
     *
     * @throws ConfigException also when this machine lacks the device to train on: told before anything is computed
     */
    Experiment over(Experiment defaults) throws IOException {
        Experiment read = options.over(defaults);
        read.training().requireDevice();
        return threads == null
                ? read
                : new Experiment(
                        read.data(),
                        read.model(),
                        read.training().edit().threads(threads).build());
    }

    /** Single settings for a recipe, which holds all others. */
    Map<String, String> overridesAlone() {
        Map<String, String> overrides = new LinkedHashMap<>(options.overridesAlone());
        if (threads != null) {
            overrides.put("training.threads", threads.toString());
        }
        return overrides;
    }
}

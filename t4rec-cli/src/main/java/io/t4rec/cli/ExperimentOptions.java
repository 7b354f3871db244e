package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The options that give an experiment. */
final class ExperimentOptions {
    @CommandLine.Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Experiment file (YAML), see below; what it leaves out has its default, an unknown key is refused.")
    private @Nullable Path config;

    @CommandLine.Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one key over the file, for instance training.epochs=5. May be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    Experiment read() throws IOException {
        return over(Experiment.defaults());
    }

    /** Over other defaults. */
    Experiment over(Experiment defaults) throws IOException {
        return defaults.with(config, overrides);
    }

    /**
     * The overrides, where a recipe holds the settings.
     *
     * @throws ConfigException when an experiment file is given too
     */
    Map<String, String> overridesAlone() {
        if (config != null) {
            throw new ConfigException("--config: " + config
                    + " (expected: none with a recipe, which holds all settings; change single ones with --set)");
        }
        return overrides;
    }
}

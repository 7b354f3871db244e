package io.t4rec.cli;

import io.t4rec.model.ModelConfig;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One experiment file: the records of the Java API under their names. What it leaves out keeps its default.
 *
 * @param data how events become sequences
 * @param model the model
 * @param training how it is trained
 */
record Experiment(DataSettings data, ModelConfig model, TrainingConfig training) {
    static Experiment defaults() {
        return new Experiment(DataSettings.defaults(), ModelConfig.defaults(), TrainingConfig.defaults());
    }

    /** Reads a file over the defaults, then the overrides; without a file the overrides alone. */
    static Experiment read(@Nullable Path file, Map<String, String> overrides) throws IOException {
        return file == null
                ? ConfigFiles.parseYamlOver(defaults(), "", "--set", overrides)
                : ConfigFiles.readYamlOver(defaults(), file, overrides);
    }
}

package io.t4rec.cli;

import io.t4rec.model.ModelConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One experiment file: {@code model} and {@code training} are records of the Java API under their names. What it leaves out keeps its default.
 *
 * @param data how events become sequences
 * @param model the model
 * @param training how it is trained
 */
record Experiment(DataSettings data, ModelConfig model, TrainingConfig training) {
    static Experiment defaults() {
        return new Experiment(DataSettings.defaults(), ModelConfig.defaults(), TrainingConfig.defaults());
    }

    /** For the invented shop: without dropout, since what follows an item there is certain enough, and with a rate that falls. */
    static Experiment forSyntheticShop() {
        ModelConfig model = ModelConfig.defaults();
        return new Experiment(
                DataSettings.defaults(),
                new ModelConfig(
                        model.input(), model.masking(), model.transformer().withDropout(0), model.head()),
                TrainingConfig.defaults()
                        .edit()
                        .learningRate(3e-3)
                        .schedule("linear")
                        .epochs(15)
                        .build());
    }

    /** Reads a file over these values, then the overrides; without a file the overrides alone. */
    Experiment with(@Nullable Path file, Map<String, String> overrides) throws IOException {
        if (file != null && !Files.isRegularFile(file)) {
            throw new ConfigException("--config: " + file + " (expected: an existing YAML file)");
        }
        return file == null
                ? ConfigFiles.parseYamlOver(this, "", "--set", overrides)
                : ConfigFiles.readYamlOver(this, file, overrides);
    }
}

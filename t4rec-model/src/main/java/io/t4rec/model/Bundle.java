package io.t4rec.model;

import io.t4rec.etl.Workflow;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.SafetensorsException;
import io.t4rec.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A trained model with everything it needs, as a directory of plain files: {@code bundle.json} (format version and digests),
 * {@code schema.pbtxt}, {@code workflow/}, {@code model.json}, {@code weights.safetensors}, {@code metrics.json}. Loading executes
 * nothing and refuses a file that was changed.
 *
 * @param model its weights live until {@link SessionModel#release()}
 * @param workflow from raw events to its sequences
 * @param metrics figures by name
 * @param version first 12 digits of the digest of the weights
 */
public record Bundle(SessionModel model, Workflow workflow, Map<String, Double> metrics, String version) {
    private static final int FORMAT_VERSION = 1;
    private static final String DESCRIPTION = "bundle.json";
    private static final String SCHEMA = "schema.pbtxt";
    private static final String MODEL = "model.json";
    private static final String WEIGHTS = "weights.safetensors";
    private static final String METRICS = "metrics.json";
    private static final String WORKFLOW = "workflow";
    private static final int VERSION_DIGITS = 12;

    /** The saved form of {@code bundle.json}. */
    record Description(int formatVersion, String version, Map<String, String> files) {
        @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
        Description {
            if (version == null || files == null) {
                throw new ConfigException("keys: version " + version + ", files " + files + " (expected: both)");
            }
        }
    }

    /** The saved form of {@code metrics.json}. */
    record SavedMetrics(Map<String, Double> metrics) {}

    /**
     * Writes a bundle, atomically; one that is there is replaced.
     *
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void write(Path directory, SessionModel model, Workflow workflow, Map<String, Double> metrics)
            throws IOException {
        AtomicFiles.directory(directory, DESCRIPTION, temporary -> {
            model.schema().write(temporary.resolve(SCHEMA));
            ConfigFiles.writeJson(temporary.resolve(MODEL), model.config());
            ConfigFiles.writeJson(temporary.resolve(METRICS), new SavedMetrics(metrics));
            AtomicFiles.write(
                    temporary.resolve(WEIGHTS),
                    out -> new Safetensors(model.state(), Map.of("format", "pt")).write(out));
            workflow.save(Files.createDirectory(temporary.resolve(WORKFLOW)));
            Map<String, String> digests = ModelFiles.digests(temporary, DESCRIPTION);
            String version =
                    Objects.requireNonNull(digests.get(WEIGHTS), WEIGHTS).substring(0, VERSION_DIGITS);
            ConfigFiles.writeJson(temporary.resolve(DESCRIPTION), new Description(FORMAT_VERSION, version, digests));
        });
    }

    /**
     * Reads a bundle.
     *
     * @throws ModelFormatException when the directory is no bundle, is of an unknown version, or a file was changed
     * @throws IOException when a file can't be read
     */
    public static Bundle load(Path directory) throws IOException {
        Path file = directory.resolve(DESCRIPTION);
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(
                    "bundle: " + directory + " (expected: a directory with " + DESCRIPTION + ")");
        }
        try {
            Description description = ConfigFiles.readJson(file, Description.class);
            if (description.formatVersion != FORMAT_VERSION) {
                throw new ModelFormatException(file + ": format version " + description.formatVersion + " (expected: "
                        + FORMAT_VERSION + "; train the model anew or use the version that wrote it)");
            }
            verify(directory, description.files);
            Schema schema = Schema.read(directory.resolve(SCHEMA));
            ModelConfig config = ConfigFiles.readJson(directory.resolve(MODEL), ModelConfig.class);
            SessionModel model = SessionModel.create(config, schema, 0);
            try (Scope scope = Scope.open()) {
                model.load(Safetensors.read(directory.resolve(WEIGHTS)).tensors());
            }
            Map<String, Double> metrics = ConfigFiles.readJson(directory.resolve(METRICS), SavedMetrics.class).metrics;
            return new Bundle(model, Workflow.load(directory.resolve(WORKFLOW)), metrics, description.version);
        } catch (ConfigException | SafetensorsException | IllegalArgumentException e) {
            throw new ModelFormatException(directory + ": " + e.getMessage(), e);
        }
    }

    private static void verify(Path directory, Map<String, String> expected) throws IOException {
        Map<String, String> actual = ModelFiles.digests(directory, DESCRIPTION);
        Map<String, String> missing = new TreeMap<>(expected);
        missing.keySet().removeAll(actual.keySet());
        if (!missing.isEmpty()) {
            throw new ModelFormatException(
                    directory + ": files missing " + missing.keySet() + " (expected: a whole bundle)");
        }
        expected.forEach((name, digest) -> {
            if (!digest.equals(actual.get(name))) {
                throw new ModelFormatException(directory.resolve(name)
                        + ": changed since it was written (expected: SHA-256 " + digest + "; copy the bundle again)");
            }
        });
    }
}

package io.t4rec.model;

import io.t4rec.etl.Workflow;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.input.PretrainedMatrices;
import io.t4rec.model.ranking.ItemCodes;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.model.ranking.QuantisedRanker;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Npy;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.SafetensorsException;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trained model with everything it needs, as a directory of plain files: {@code bundle.json} (format version and digests),
 * {@code schema.pbtxt}, {@code workflow/}, {@code model.json}, {@code weights.safetensors}, {@code metrics.json}. Loading executes
 * nothing and refuses a file that was changed. Pretrained matrices that are never trained are in {@code pretrained/}, a .npy file each, which
 * is mapped into memory; the directory must not be changed in place while the model is in use.
 *
 * <p>A bundle with quantised items has {@code ranking.safetensors} too and format version 2, so that a program that knows version 1
 * alone refuses it instead of ranking by something else; one without is of version 1.
 *
 * @param model its weights live until {@link SessionModel#release()}
 * @param workflow from raw events to its sequences
 * @param metrics figures by name
 * @param version first 12 digits of the digest of the weights; with quantised items, 6 of theirs follow 6 of the weights'
 * @param codes quantised items by which is ranked; null to rank exactly
 */
public record Bundle(
        SessionModel model,
        Workflow workflow,
        Map<String, Double> metrics,
        String version,
        @Nullable ItemCodes codes) {
    private static final int PLAIN_VERSION = 1;
    private static final int QUANTISED_VERSION = 2;
    private static final String RANKING = "ranking.safetensors";
    private static final String DESCRIPTION = "bundle.json";
    private static final String SCHEMA = "schema.pbtxt";
    private static final String MODEL = "model.json";
    private static final String WEIGHTS = "weights.safetensors";
    private static final String METRICS = "metrics.json";
    private static final String WORKFLOW = "workflow";
    private static final String PRETRAINED = "pretrained";
    private static final int VERSION_DIGITS = 12;

    /** @throws ModelFormatException when the quantised items are not those of the model */
    public Bundle {
        if (codes != null) {
            long width = model.itemTable().value().size(1);
            if (codes.itemCount() != model.itemCount() || codes.width() != width) {
                throw new ModelFormatException("quantised items: " + codes.itemCount() + " of width " + codes.width()
                        + " (expected: " + model.itemCount() + " of width " + width + ", as the model's)");
            }
        }
    }

    /** A bundle that ranks exactly. */
    public Bundle(SessionModel model, Workflow workflow, Map<String, Double> metrics, String version) {
        this(model, workflow, metrics, version, null);
    }

    /** What finds the best items: by quantised items where the bundle has them. */
    public ItemRanker ranker() {
        return codes == null
                ? model.exactRanker()
                : new QuantisedRanker(codes, model.config().head().firstItem());
    }

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
    record SavedMetrics(Map<String, Double> metrics) {
        @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
        SavedMetrics {
            if (metrics == null) {
                throw new ConfigException("keys: metrics null (expected: figures by name)");
            }
        }
    }

    /**
     * Writes a bundle, atomically; one that is there is replaced.
     *
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void write(Path directory, SessionModel model, Workflow workflow, Map<String, Double> metrics)
            throws IOException {
        write(directory, model, workflow, metrics, null);
    }

    /**
     * As {@link #write(Path, SessionModel, Workflow, Map)}, with quantised items.
     *
     * @param codes by which is ranked; null to rank exactly
     */
    public static void write(
            Path directory,
            SessionModel model,
            Workflow workflow,
            Map<String, Double> metrics,
            @Nullable ItemCodes codes)
            throws IOException {
        AtomicFiles.directory(directory, DESCRIPTION, temporary -> {
            model.schema().write(temporary.resolve(SCHEMA));
            InputConfig input = model.config().input().stored(PRETRAINED);
            ConfigFiles.writeJson(temporary.resolve(MODEL), model.config().withInput(input));
            writeMatrices(temporary.resolve(PRETRAINED), model.frozenMatrices());
            ConfigFiles.writeJson(temporary.resolve(METRICS), new SavedMetrics(metrics));
            AtomicFiles.write(
                    temporary.resolve(WEIGHTS),
                    out -> new Safetensors(model.state(), Map.of("format", "pt")).write(out));
            if (codes != null) {
                try (Scope scope = Scope.open()) {
                    Safetensors ranking = new Safetensors(codes.tensors(), Map.of());
                    AtomicFiles.write(temporary.resolve(RANKING), ranking::write);
                }
            }
            workflow.save(temporary.resolve(WORKFLOW));
            Map<String, String> digests = ModelFiles.digests(temporary, DESCRIPTION);
            int format = codes == null ? PLAIN_VERSION : QUANTISED_VERSION;
            ConfigFiles.writeJson(temporary.resolve(DESCRIPTION), new Description(format, version(digests), digests));
        });
    }

    private static void writeMatrices(Path folder, Map<String, Tensor> matrices) throws IOException {
        for (Map.Entry<String, Tensor> matrix : matrices.entrySet()) {
            Files.createDirectories(folder);
            AtomicFiles.write(folder.resolve(matrix.getKey() + ".npy"), out -> Npy.write(matrix.getValue(), out));
        }
    }

    private static String version(Map<String, String> digests) {
        String weights = Objects.requireNonNull(digests.get(WEIGHTS), WEIGHTS);
        String ranking = digests.get(RANKING);
        return ranking == null
                ? weights.substring(0, VERSION_DIGITS)
                : weights.substring(0, VERSION_DIGITS / 2) + ranking.substring(0, VERSION_DIGITS / 2);
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
            checkFormat(file, description);
            verify(directory, description.files);
            Schema schema = Schema.read(directory.resolve(SCHEMA));
            ModelConfig config = ConfigFiles.readJson(directory.resolve(MODEL), ModelConfig.class);
            SessionModel model;
            try (PretrainedMatrices matrices =
                    PretrainedMatrices.stored(config.input(), directory.resolve(PRETRAINED))) {
                model = SessionModel.create(config, schema, 0, matrices);
            }
            try (Scope scope = Scope.open()) {
                model.load(Safetensors.read(directory.resolve(WEIGHTS)).tensors());
            }
            Map<String, Double> metrics = ConfigFiles.readJson(directory.resolve(METRICS), SavedMetrics.class).metrics;
            Workflow workflow = Workflow.load(directory.resolve(WORKFLOW));
            return new Bundle(model, workflow, metrics, description.version, codes(directory, description));
        } catch (ConfigException | DataException | SafetensorsException | IllegalArgumentException e) {
            throw new ModelFormatException(directory + ": " + e.getMessage(), e);
        }
    }

    private static void checkFormat(Path file, Description description) {
        int format = description.formatVersion;
        if (format != PLAIN_VERSION && format != QUANTISED_VERSION) {
            throw new ModelFormatException(file + ": format version " + format + " (expected: " + PLAIN_VERSION + " or "
                    + QUANTISED_VERSION + "; train the model anew or use the version that wrote it)");
        }
        boolean quantised = description.files.containsKey(RANKING);
        if (quantised != (format == QUANTISED_VERSION)) {
            throw new ModelFormatException(file + ": format version " + format + (quantised ? " with " : " without ")
                    + RANKING + " (expected: " + (quantised ? QUANTISED_VERSION : PLAIN_VERSION)
                    + "; copy the bundle again)");
        }
    }

    private static @Nullable ItemCodes codes(Path directory, Description description) throws IOException {
        if (description.formatVersion == PLAIN_VERSION) {
            return null;
        }
        try (Scope scope = Scope.open()) {
            return ItemCodes.of(Safetensors.read(directory.resolve(RANKING)).tensors());
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

package io.t4rec.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.nn.transformer.HuggingFaceModels;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.SafetensorsException;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A model as Hugging Face's {@code save_pretrained} writes it: {@code config.json} and {@code model.safetensors}. It becomes a body
 * with its weights, and is written back with the same names and, where nothing was trained, the same bytes: what a body has no use
 * for (word embeddings, poolers, heads, keys of the configuration) is kept. Files of Python's pickle are refused, and sizes are
 * checked before memory is taken.
 *
 * <p>Its tensors belong to the scope in which it was read.
 */
public final class HuggingFaceDirectory {
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String SHARDS = "model.safetensors.index.json";
    private static final String PICKLES = ".*\\.(bin|pt|pth|ckpt|pkl|pickle)";
    private static final long MOST_CONFIG_BYTES = 16L << 20;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    private final byte[] configFile;
    private final TransformerConfig config;
    private final Safetensors weights;
    private final OriginalNames names;

    private HuggingFaceDirectory(
            byte[] configFile, TransformerConfig config, Safetensors weights, OriginalNames names) {
        this.configFile = configFile;
        this.config = config;
        this.weights = weights;
        this.names = names;
    }

    /**
     * Reads a directory into CPU tensors that belong to the innermost scope.
     *
     * @throws ModelFormatException when a file is missing, damaged or a pickle, when the architecture is unknown or its values are
     *     refused, and when weights are missing, unknown or of other shapes than {@code config.json} says: all are listed
     * @throws IOException when a file can't be read
     */
    public static HuggingFaceDirectory read(Path directory) throws IOException {
        check(directory);
        Path configPath = directory.resolve(CONFIG);
        byte[] configFile = Files.readAllBytes(configPath);
        TransformerConfig config = config(configPath, configFile);
        Path weightsPath = directory.resolve(WEIGHTS);
        try {
            Map<String, Safetensors.Header> headers = Safetensors.headers(weightsPath);
            OriginalNames names = OriginalNames.match(headers, config);
            return new HuggingFaceDirectory(configFile, config, Safetensors.read(weightsPath), names);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(weightsPath + ": " + e.getMessage(), e);
        } catch (SafetensorsException e) {
            throw new ModelFormatException(Objects.requireNonNull(e.getMessage()), e);
        }
    }

    private static void check(Path directory) throws IOException {
        if (directory.toString().matches(PICKLES)) {
            throw pickle(directory);
        }
        if (!Files.isRegularFile(directory.resolve(WEIGHTS))) {
            if (Files.isRegularFile(directory.resolve(SHARDS))) {
                throw new ModelFormatException(directory.resolve(SHARDS) + ": weights in several files (expected: "
                        + WEIGHTS + " alone; save the model with a larger max_shard_size)");
            }
            if (Files.isDirectory(directory)) {
                try (Stream<Path> files = Files.list(directory)) {
                    files.filter(file -> file.toString().matches(PICKLES))
                            .sorted()
                            .findFirst()
                            .ifPresent(file -> {
                                throw pickle(file);
                            });
                }
            }
        }
        for (String name : List.of(CONFIG, WEIGHTS)) {
            if (!Files.isRegularFile(directory.resolve(name))) {
                throw new ModelFormatException(directory.resolve(name) + ": no such file (expected: a directory with "
                        + CONFIG + " and " + WEIGHTS + ", as save_pretrained writes it)");
            }
        }
        long bytes = Files.size(directory.resolve(CONFIG));
        if (bytes > MOST_CONFIG_BYTES) {
            throw new ModelFormatException(
                    directory.resolve(CONFIG) + ": " + bytes + " bytes (expected: at most " + MOST_CONFIG_BYTES + ")");
        }
    }

    private static ModelFormatException pickle(Path file) {
        return new ModelFormatException(file + ": a pickle file, which can run any code when it is read (expected: "
                + WEIGHTS + "; convert it once where you trust it, in Python: "
                + "AutoModel.from_pretrained(DIR).save_pretrained(OTHER, safe_serialization=True))");
    }

    private static TransformerConfig config(Path file, byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (!json.isObject()) {
                throw new ModelFormatException(file + ": no JSON object (expected: the configuration of a model)");
            }
            return HuggingFaceModels.config(json);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file + ": no JSON (" + e.getOriginalMessage() + ")", e);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalStateException("reading bytes in memory", e);
        }
    }

    /** The architecture with all its sizes. */
    public TransformerConfig config() {
        return config;
    }

    /** Weights that a body has no use for, by their names in the file: they are kept for writing. */
    public List<String> unused() {
        return names.unused();
    }

    /** A body of this architecture with these weights; its parameters outlive the scope. */
    public TransformerBody body() {
        TransformerBody body = config.create(new Generator(0));
        load(body);
        return body;
    }

    /**
     * Copies the weights into a body of this architecture.
     *
     * @throws IllegalArgumentException when the body has other weights
     */
    public void load(TransformerBody body) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        names.used().forEach((inFile, name) -> own.put(name, tensor(inFile)));
        body.load(own);
    }

    private Tensor tensor(String name) {
        return Objects.requireNonNull(weights.tensors().get(name), name);
    }

    /**
     * Writes the directory with the weights of a body of this architecture, each in the type it had. All else is as it was read.
     *
     * @param target a new directory, or one with these two files alone, which is replaced
     * @throws IllegalArgumentException when the body has other weights
     * @throws DataException when the target holds anything else
     * @throws IOException when the disk refuses; what was there stays
     */
    public void write(Path target, TransformerBody body) throws IOException {
        Map<String, Tensor> state = body.state();
        if (!state.keySet().equals(Set.copyOf(names.used().values()))) {
            throw new IllegalArgumentException("body: weights " + state.keySet() + " (expected: "
                    + names.used().values() + ")");
        }
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            weights.tensors().forEach((inFile, tensor) -> {
                String name = names.used().get(inFile);
                all.put(
                        inFile,
                        name == null
                                ? tensor
                                : Objects.requireNonNull(state.get(name), name)
                                        .detach()
                                        .to(tensor.dataType()));
            });
            write(target, configFile, new Safetensors(all, weights.metadata()));
        }
    }

    /**
     * Writes a body that came of no such directory, for Hugging Face's classes to read. It has no word embeddings, which those then
     * draw anew: hand them embedded sequences.
     *
     * @param config of the body
     * @param target a new directory, or one with these two files alone, which is replaced
     * @throws ModelFormatException for an architecture that Hugging Face doesn't have
     * @throws DataException when the target holds anything else
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void write(Path target, TransformerConfig config, TransformerBody body) throws IOException {
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json(config));
        write(target, json, new Safetensors(body.state(), Map.of("format", "pt")));
    }

    /**
     * The configuration under its original keys.
     *
     * @throws ModelFormatException for an architecture that Hugging Face doesn't have
     */
    static ObjectNode json(TransformerConfig config) {
        String name = config.modelType();
        if (!HuggingFaceModels.names().contains(name)) {
            throw new ModelFormatException(
                    "model_type: " + name + " (expected: one of " + HuggingFaceModels.names() + ")");
        }
        ObjectNode json = JSON.createObjectNode().put("model_type", name);
        json.setAll((ObjectNode) JSON.valueToTree(config));
        if (json.remove("options") instanceof ObjectNode options) {
            json.setAll(options); // the original has all keys in one row
        }
        // its classes want a row for padding at least
        int padding = json.path("pad_token_id").asInt(1);
        return json.put("vocab_size", padding + 1);
    }

    /** As {@link #json}, as plain values by key. */
    static Map<String, Object> keys(TransformerConfig config) {
        return JSON.convertValue(json(config), new TypeReference<>() {});
    }

    /** The architecture that plain values by key describe. */
    static TransformerConfig config(Map<String, Object> keys) {
        return HuggingFaceModels.config(JSON.valueToTree(keys));
    }

    private static void write(Path target, byte[] configFile, Safetensors weights) throws IOException {
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> !name.equals(CONFIG) && !name.equals(WEIGHTS))
                        .sorted()
                        .findFirst()
                        .ifPresent(name -> {
                            throw new DataException(target + ": holds " + name + " (expected: nothing but " + CONFIG
                                    + " and " + WEIGHTS + "; choose a new directory)");
                        });
            }
        }
        AtomicFiles.directory(target, CONFIG, temporary -> {
            AtomicFiles.write(temporary.resolve(CONFIG), out -> out.write(configFile));
            AtomicFiles.write(temporary.resolve(WEIGHTS), weights::write);
        });
    }
}

package io.t4rec.model;

import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.ShapesOnly;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which weight of a file is which of a body. Files of whole models put a prefix before the names of the body ({@code bert.}) and
 * have heads beside it; old ones call the two parts of a layer norm gamma and beta, and hold buffers that are computed nowadays.
 *
 * @param used the body's name by the file's, in file order
 * @param unused names in the file that the body has no use for, in file order
 */
record OriginalNames(Map<String, String> used, List<String> unused) {
    private static final String BUFFERS = "(.*\\.)?(position_ids|token_type_ids)";

    /** Room for what is made and thrown away while weights are drawn. */
    private static final long SLACK = 4;

    /**
     * Matches a file with an architecture, by names and shapes alone.
     *
     * @throws IllegalArgumentException listing what is missing, unknown, or of another shape or type
     */
    static OriginalNames match(Map<String, Safetensors.Header> file, TransformerConfig config) {
        try (Scope scope = Scope.open()) {
            TransformerBody body = withoutMemory(config, file);
            Map<String, Tensor> own = body.state();
            String prefix = prefix(file, own);
            Map<String, String> used = new LinkedHashMap<>();
            List<String> unused = new ArrayList<>();
            TreeSet<String> unknown = new TreeSet<>();
            for (String inFile : file.keySet()) {
                String name = inFile.startsWith(prefix) ? current(inFile.substring(prefix.length())) : "";
                if (own.containsKey(name)) {
                    used.put(inFile, name);
                } else if (name.isEmpty() || name.matches(BUFFERS) || body.ignores(name)) {
                    unused.add(inFile);
                } else {
                    unknown.add(inFile);
                }
            }
            TreeSet<String> missing = new TreeSet<>(own.keySet());
            missing.removeAll(used.values());
            Map<String, String> unfit = unfit(file, own, used);
            if (!missing.isEmpty() || !unknown.isEmpty() || !unfit.isEmpty()) {
                throw new IllegalArgumentException("weights: missing " + missing + ", unknown " + unknown
                        + ", other than config.json says " + unfit + " (expected: exactly those of "
                        + config.modelType() + ")");
            }
            return new OriginalNames(used, unused);
        }
    }

    private static TransformerBody withoutMemory(TransformerConfig config, Map<String, Safetensors.Header> file) {
        long elements = 0;
        for (Safetensors.Header header : file.values()) {
            elements += Math.max(1, header.elements());
        }
        try (ShapesOnly none = ShapesOnly.open(SLACK * elements)) {
            return config.create(new Generator(0));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    elements + " elements (expected: as many as config.json says, which are far more)", e);
        }
    }

    /** That of the body inside a whole model: what stands before its first weight. */
    private static String prefix(Map<String, Safetensors.Header> file, Map<String, Tensor> own) {
        if (file.keySet().stream().anyMatch(name -> own.containsKey(current(name)))) {
            return "";
        }
        for (String name : file.keySet()) {
            for (String first : own.keySet()) {
                if (current(name).endsWith("." + first)) {
                    return current(name).substring(0, current(name).length() - first.length());
                }
            }
        }
        return "";
    }

    private static String current(String name) {
        return name.replaceFirst("\\.gamma$", ".weight").replaceFirst("\\.beta$", ".bias");
    }

    private static Map<String, String> unfit(
            Map<String, Safetensors.Header> file, Map<String, Tensor> own, Map<String, String> used) {
        Map<String, String> unfit = new TreeMap<>();
        used.forEach((inFile, name) -> {
            Safetensors.Header header = Objects.requireNonNull(file.get(inFile), inFile);
            Tensor wanted = Objects.requireNonNull(own.get(name), name);
            long[] shape = header.shape().stream().mapToLong(Long::longValue).toArray();
            if (!Arrays.equals(shape, wanted.shape())) {
                unfit.put(inFile, header.shape() + " (expected: " + Arrays.toString(wanted.shape()) + ")");
            } else if (!header.type().isFloating() || header.type() == DataType.FLOAT64) {
                unfit.put(inFile, header.type() + " (expected: FLOAT32, FLOAT16 or BFLOAT16)");
            }
        });
        return unfit;
    }
}

package io.t4rec.model;

import io.t4rec.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parameter names of Transformers4Rec's models and ours, by prefix. What follows the prefix is the same: tables are named after
 * their columns, transformer weights as Hugging Face names them.
 */
final class OriginalWeights {
    private static final String INPUT = "heads.0.body.0.";

    /** The original's prefix and ours; the first that fits counts. */
    private static final Map<String, String> PREFIXES = new LinkedHashMap<>();

    static {
        PREFIXES.put(INPUT + "_masking.masked_item_embedding", "masked_item_embedding");
        PREFIXES.put(INPUT + "projection_module.0.0.", "input.projection.");
        PREFIXES.put(INPUT + "to_merge.categorical_module._post.0.feature_layer_norm.", "input.feature_layer_norm.");
        PREFIXES.put(INPUT + "to_merge.categorical_module.embedding_tables.", "input.embedding_tables.");
        PREFIXES.put(INPUT + "to_merge.continuous_module.1.0.0.", "input.continuous_projection.0.");
        PREFIXES.put(INPUT + "to_merge.continuous_module.1.1.0.", "input.continuous_projection.1.");
        PREFIXES.put(INPUT + "to_merge.continuous_module.embedding_tables.", "input.soft_embeddings.");
        PREFIXES.put(INPUT + "to_merge.continuous_module.post.feature_layer_norm.", "input.soft_norm.");
        PREFIXES.put("heads.0.body.1.transformer.", "transformer.");
        PREFIXES.put("heads.0.prediction_task_dict.next-item.task_block.0.0.", "head.projection.");
        PREFIXES.put("heads.0.prediction_task_dict.next-item.pre.output_layer", "head.output_layer.weight");
    }

    private OriginalWeights() {}

    /** Weights or gradients of a whole model by our names. */
    static Map<String, Tensor> renamed(Map<String, Tensor> original) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        original.forEach((name, tensor) -> renamed.put(rename(name), tensor));
        return renamed;
    }

    /** Weights of the inputs alone, which the original names without the model's prefix, by the names of ours. */
    static Map<String, Tensor> renamedInputs(Map<String, Tensor> original) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        original.forEach((name, tensor) -> {
            String own = rename(INPUT + name);
            if (own.startsWith("input.")) {
                renamed.put(own.substring("input.".length()), tensor);
            }
        });
        return renamed;
    }

    private static String rename(String name) {
        for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
            if (name.startsWith(prefix.getKey())) {
                String own = prefix.getValue() + name.substring(prefix.getKey().length());
                // the normalisation of a soft embedding belongs to it here
                return own.replaceFirst("soft_norm\\.(.*)\\.(weight|bias)$", "soft_embeddings.$1.layer_norm.$2");
            }
        }
        return name;
    }
}

package io.t4rec.model.masking;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.t4rec.nn.transformer.AttentionPattern;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A training task: how next-item prediction is learned from sequences. Immutable; applying it gives a value. In YAML its kind is
 * the key {@code task}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CausalMasking.class, name = "clm"),
    @JsonSubTypes.Type(value = MaskedMasking.class, name = "mlm"),
    @JsonSubTypes.Type(value = PermutationMasking.class, name = "plm"),
    @JsonSubTypes.Type(value = ReplacedItemMasking.class, name = "rtd")
})
public sealed interface Masking permits CausalMasking, MaskedMasking, PermutationMasking, ReplacedItemMasking {
    /** The short names of all tasks. */
    Set<String> LABELS = Set.of("clm", "mlm", "plm", "rtd");

    /** What the body must be able to do. */
    AttentionPattern.Kind pattern();

    /** The task's short name, one of {@link #LABELS}. */
    String label();

    /**
     * Masks sequences.
     *
     * @param items ids, rows after one another
     * @param offsets where each row begins; one more than there are rows
     * @param mode what for
     * @param random source of choices; only {@link Mode#TRAIN} uses it
     */
    MaskedSequences apply(long[] items, int[] offsets, Mode mode, RandomGenerator random);

    /**
     * Whether one pass can rank the targets of all positions. Else {@link Mode#EVALUATE_ALL} is refused and prefixes are
     * evaluated one by one.
     */
    boolean predictsEveryPosition();
}

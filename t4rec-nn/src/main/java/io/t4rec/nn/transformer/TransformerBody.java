package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Turns embedded sequences into hidden states. Extend it to bring an architecture of your own. */
public abstract class TransformerBody extends Module {
    /** Width of the embeddings it takes. */
    public abstract int inputWidth();

    /** Width of the hidden states it gives. */
    public abstract int outputWidth();

    /** Patterns it can honour; others are refused by {@link #forward}. */
    public abstract Set<AttentionPattern.Kind> patterns();

    /**
     * Whether the state of a position depends on how many positions follow it, though not on what is there. Then a pass over a
     * whole sequence tells its positions more than is known when they are asked for a next item, and positions are evaluated prefix
     * by prefix.
     */
    public boolean dependsOnLength() {
        return false;
    }

    /**
     * Computes hidden states.
     *
     * @return {@code [batch, length, outputWidth]}; at padded positions the values mean nothing
     * @throws IllegalArgumentException for a pattern it can't honour, a wrong width, or a sequence longer than its positions
     */
    public final Tensor forward(BodyInput input, Pass pass) {
        AttentionPattern.Kind kind = input.pattern().kind();
        if (!patterns().contains(kind)) {
            throw new IllegalArgumentException("attention pattern: " + kind + " (expected: one of " + patterns()
                    + " for " + getClass().getSimpleName() + ")");
        }
        if (input.embeddings().rank() != 3 || input.embeddings().size(2) != inputWidth()) {
            throw new IllegalArgumentException(
                    "inputs: " + input.embeddings() + " (expected: [batch, length, " + inputWidth() + "])");
        }
        return compute(input, pass);
    }

    /** Whether the original has a weight of this name that this body has no use for. */
    public boolean ignores(String weight) {
        return false;
    }

    /**
     * Copies weights of the original project by its names; those that {@link #ignores} names are left out.
     *
     * @throws IllegalArgumentException when a name is missing or unknown or a shape differs
     */
    public final void loadOriginal(Map<String, Tensor> weights) {
        Map<String, Tensor> used = new LinkedHashMap<>(weights);
        used.keySet().removeIf(this::ignores);
        load(used);
    }

    /** The architecture itself, on checked input. */
    protected abstract Tensor compute(BodyInput input, Pass pass);
}

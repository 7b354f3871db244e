package io.t4rec.nn.transformer;

import io.t4rec.tensor.Tensor;

/**
 * Which positions may see which. It comes from the masking task and is handed to the body with every batch, so that a causal
 * task can't leak through a body whose configuration says otherwise.
 */
public sealed interface AttentionPattern {
    AttentionPattern BIDIRECTIONAL = new Bidirectional();
    AttentionPattern CAUSAL = new Causal();

    /** What a body must be able to do to honour the pattern. */
    enum Kind {
        BIDIRECTIONAL,
        CAUSAL,
        PERMUTATION
    }

    Kind kind();

    /** Every real position sees every real position. */
    record Bidirectional() implements AttentionPattern {
        @Override
        public Kind kind() {
            return Kind.BIDIRECTIONAL;
        }
    }

    /** A position sees itself and earlier ones. */
    record Causal() implements AttentionPattern {
        @Override
        public Kind kind() {
            return Kind.CAUSAL;
        }
    }

    /**
     * Two streams in a given factorisation order (XLNet).
     *
     * @param blocked {@code [batch, length, length]} FLOAT32, 1 = position i may not see position j
     * @param targetMapping {@code [batch, targets, length]} FLOAT32, which position each output predicts
     */
    record Permutation(Tensor blocked, Tensor targetMapping) implements AttentionPattern {
        @Override
        public Kind kind() {
            return Kind.PERMUTATION;
        }
    }
}

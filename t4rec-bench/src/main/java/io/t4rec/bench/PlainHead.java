package io.t4rec.bench;

import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;

/** Cross-entropy as one would write it first: all scores at once, {@code [n, V]}, and automatic differentiation. */
final class PlainHead {
    private PlainHead() {}

    /**
     * Loss and gradients, which are added to those that the tensors have.
     *
     * @param hidden {@code [n, d]}
     * @param table {@code [V, d]}
     * @param targets {@code [n]} INT64
     * @return mean loss
     */
    static double step(Tensor hidden, Tensor table, Tensor targets) {
        try (Scope scope = Scope.open()) {
            Tensor scores = hidden.matmul(table.transpose(0, 1)); // (n, V)
            Tensor loss =
                    scores.logSoftmax(1).gather(1, targets.unsqueeze(1)).mean().mul(-1);
            loss.backward();
            return loss.item();
        }
    }
}

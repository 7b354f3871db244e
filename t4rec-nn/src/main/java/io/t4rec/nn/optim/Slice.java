package io.t4rec.nn.optim;

import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a parameter with their moments, and the replicas that have gradients for it. The views live outside all scopes.
 *
 * @param replicas the parameter itself and those that share its weights, in the order in which gradients are summed
 * @param from first row
 * @param count rows; -1 for a parameter that isn't split
 * @param value view of the weights
 * @param moments views, one for each moment of the rule
 */
record Slice(List<Parameter> replicas, long from, long count, Tensor value, List<Tensor> moments) {
    /** A whole parameter. */
    static Slice of(List<Parameter> replicas, List<Tensor> moments) {
        return new Slice(
                replicas,
                0,
                -1,
                Scope.unscoped(replicas.get(0).value().detach()),
                moments.stream().map(moment -> Scope.unscoped(moment.detach())).toList());
    }

    /** Rows of a parameter. */
    static Slice of(List<Parameter> replicas, List<Tensor> moments, long from, long count) {
        return new Slice(
                replicas,
                from,
                count,
                Scope.unscoped(replicas.get(0).value().detach().narrow(0, from, count)),
                moments.stream()
                        .map(moment -> Scope.unscoped(moment.narrow(0, from, count)))
                        .toList());
    }

    /** Adds the other replicas' gradients to that of the first which has one, and zeroes them: null when none has. */
    @Nullable
    Tensor sum() {
        Tensor sum = null;
        for (Parameter replica : replicas) {
            Tensor gradient = gradient(replica);
            if (sum == null) {
                sum = gradient;
            } else if (gradient != null) {
                sum.addInPlace(gradient);
                gradient.fillInPlace(0);
            }
        }
        return sum;
    }

    /** What {@link #sum} gave, once more. */
    @Nullable
    Tensor summed() {
        for (Parameter replica : replicas) {
            Tensor gradient = gradient(replica);
            if (gradient != null) {
                return gradient;
            }
        }
        return null;
    }

    private @Nullable Tensor gradient(Parameter replica) {
        Tensor gradient = replica.value().gradient();
        return gradient == null || count < 0 ? gradient : gradient.narrow(0, from, count);
    }

    /** Zeroes the gradients. */
    void clear() {
        for (Parameter replica : replicas) {
            Tensor gradient = gradient(replica);
            if (gradient != null) {
                gradient.fillInPlace(0);
            }
        }
    }

    void release() {
        value.release();
        moments.forEach(Tensor::release);
    }
}

package io.t4rec.nn.optim;

import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.Collection;

/** Works on the gradients of all parameters together. */
public final class Gradients {
    private Gradients() {}

    /** Euclidean norm of all gradients together; not finite as soon as one element isn't. */
    public static double norm(Collection<Parameter> parameters) {
        double squares = 0;
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            for (Parameter parameter : parameters) {
                Tensor gradient = parameter.value().gradient();
                if (gradient != null) {
                    double norm = gradient.norm().item();
                    squares += norm * norm;
                }
            }
        }
        return Math.sqrt(squares);
    }

    /**
     * Scales all gradients down so that their norm is at most {@code maxNorm}.
     *
     * @return the norm before
     */
    public static double clip(Collection<Parameter> parameters, double maxNorm) {
        double norm = norm(parameters);
        double factor = maxNorm / (norm + 1e-6);
        if (factor < 1) {
            try (Scope scope = Scope.open();
                    Autograd off = Autograd.disabled()) {
                for (Parameter parameter : parameters) {
                    Tensor gradient = parameter.value().gradient();
                    if (gradient != null) {
                        gradient.mulInPlace(factor);
                    }
                }
            }
        }
        return norm;
    }

    /** Drops all gradients. */
    public static void clear(Collection<Parameter> parameters) {
        parameters.forEach(parameter -> parameter.value().setGradient(null));
    }
}

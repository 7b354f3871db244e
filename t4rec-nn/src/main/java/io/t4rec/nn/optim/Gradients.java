package io.t4rec.nn.optim;

import io.t4rec.nn.Parameter;
import java.util.Collection;

/** Works on the gradients of all parameters together. */
public final class Gradients {
    private Gradients() {}

    /** Drops all gradients, those of rows too. */
    public static void clear(Collection<Parameter> parameters) {
        parameters.forEach(parameter -> {
            parameter.value().setGradient(null);
            parameter.setRowGradient(null);
        });
    }
}

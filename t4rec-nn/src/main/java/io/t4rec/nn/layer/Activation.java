package io.t4rec.nn.layer;

import io.t4rec.tensor.Tensor;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Point-wise non-linearities by their Hugging Face names. */
public enum Activation {
    GELU("gelu", Tensor::gelu),
    GELU_NEW("gelu_new", Tensor::geluTanh),
    GELU_PYTORCH_TANH("gelu_pytorch_tanh", Tensor::geluTanh),
    RELU("relu", Tensor::relu),
    SILU("silu", Tensor::silu),
    SWISH("swish", Tensor::silu),
    TANH("tanh", Tensor::tanh);

    private final String label;
    private final UnaryOperator<Tensor> function;

    Activation(String label, UnaryOperator<Tensor> function) {
        this.label = label;
        this.function = function;
    }

    /** @throws IllegalArgumentException for an unknown name, listing the known ones */
    public static Activation of(String name) {
        for (Activation activation : values()) {
            if (activation.label.equals(name)) {
                return activation;
            }
        }
        throw new IllegalArgumentException("activation: " + name + " (expected: one of "
                + Arrays.stream(values()).map(a -> a.label).toList() + ")");
    }

    public Tensor apply(Tensor input) {
        return function.apply(input);
    }
}

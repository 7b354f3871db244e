package io.t4rec.nn.layer;

import io.t4rec.tensor.Tensor;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Point-wise non-linearities by their Hugging Face names. */
public enum Activation {
    GELU("gelu", Tensor::gelu),
    GELU_10("gelu_10", x -> x.gelu().clamp(-10, 10)),
    GELU_ACCURATE("gelu_accurate", Tensor::geluTanh),
    GELU_FAST("gelu_fast", Tensor::geluTanh),
    GELU_NEW("gelu_new", Tensor::geluTanh),
    GELU_PYTHON("gelu_python", Tensor::gelu),
    GELU_PYTHON_TANH("gelu_python_tanh", Tensor::geluTanh),
    GELU_PYTORCH_TANH("gelu_pytorch_tanh", Tensor::geluTanh),
    LEAKY_RELU("leaky_relu", x -> x.maximum(x.mul(0.01))),
    LINEAR("linear", x -> x),
    MISH("mish", x -> x.mul(x.softplus().tanh())),
    QUICK_GELU("quick_gelu", x -> x.mul(x.mul(1.702).sigmoid())),
    RELU("relu", Tensor::relu),
    RELU2("relu2", x -> x.relu().pow(2)),
    RELU6("relu6", x -> x.clamp(0, 6)),
    SIGMOID("sigmoid", Tensor::sigmoid),
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

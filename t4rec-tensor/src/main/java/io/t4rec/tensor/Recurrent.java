package io.t4rec.tensor;

import java.util.List;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/**
 * Recurrent layers in one native call.
 *
 * <p>Weights come per layer in the order {@code weight_ih, weight_hh, bias_ih, bias_hh}, with the gate order of PyTorch.
 * The direction is forward only, so outputs at real positions don't depend on padding to their right.
 */
public final class Recurrent {
    private Recurrent() {}

    /**
     * Gated recurrent units.
     *
     * @param input {@code [batch, length, dIn]}
     * @param initial {@code [layers, batch, dHidden]}
     * @return outputs of the last layer, {@code [batch, length, dHidden]}
     */
    public static Tensor gru(Tensor input, Tensor initial, List<Tensor> weights, int layers) {
        Tensor[] array = weights.toArray(Tensor[]::new);
        T_TensorTensor_T result = torch.gru(
                input.pointer(), initial.pointer(), Tensors.vector(array), true, layers, 0, false, false, true);
        return new Tensor(result.get0());
    }

    /**
     * Long short-term memory. On a CPU always in the type of the weights: few processors can do it in a narrower one.
     *
     * @param input {@code [batch, length, dIn]}
     * @param initial hidden and cell state, each {@code [layers, batch, dHidden]}
     * @return outputs of the last layer, {@code [batch, length, dHidden]}
     */
    public static Tensor lstm(Tensor input, Tensor initial, List<Tensor> weights, int layers) {
        Tensor[] array = weights.toArray(Tensor[]::new);
        if (input.device().isCuda()) {
            return lstm(input, initial, array, layers);
        }
        try (Autocast wide = Autocast.off(input.device())) {
            return lstm(input.to(array[0].dataType()), initial.to(array[0].dataType()), array, layers);
        }
    }

    private static Tensor lstm(Tensor input, Tensor initial, Tensor[] weights, int layers) {
        T_TensorTensorTensor_T result = torch.lstm(
                input.pointer(),
                Tensors.vector(initial, initial),
                Tensors.vector(weights),
                true,
                layers,
                0,
                false,
                false,
                true);
        return new Tensor(result.get0());
    }
}

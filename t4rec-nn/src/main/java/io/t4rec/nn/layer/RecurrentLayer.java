package io.t4rec.nn.layer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Parameter;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Recurrent;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/**
 * Stacked recurrent units, forward in time, with PyTorch's weight names ({@code weight_ih_l0}, {@code weight_hh_l0}, {@code
 * bias_ih_l0}, {@code bias_hh_l0}, ...) and gate order.
 */
public final class RecurrentLayer extends Module {
    /** Which unit. */
    public enum Cell {
        /** Gated recurrent unit (Cho et al. 2014). */
        GRU(3),
        /** Long short-term memory (Hochreiter and Schmidhuber 1997). */
        LSTM(4);

        private final int gates;

        Cell(int gates) {
            this.gates = gates;
        }
    }

    private final Cell cell;
    private final int layers;
    private final long width;
    private final List<Parameter> weights = new ArrayList<>();

    /**
     * @param in width of the input
     * @param width of the hidden state and the output
     */
    public RecurrentLayer(Cell cell, long in, long width, int layers, Generator generator) {
        this.cell = cell;
        this.layers = layers;
        this.width = width;
        for (int layer = 0; layer < layers; layer++) {
            long from = layer == 0 ? in : width;
            long rows = cell.gates * width;
            weights.add(parameter("weight_ih_l" + layer, Initializers.fanIn(width, generator, rows, from)));
            weights.add(parameter("weight_hh_l" + layer, Initializers.fanIn(width, generator, rows, width)));
            weights.add(parameter("bias_ih_l" + layer, Initializers.fanIn(width, generator, rows)));
            weights.add(parameter("bias_hh_l" + layer, Initializers.fanIn(width, generator, rows)));
        }
    }

    /** {@code [B, L, in]} to the last layer's states {@code [B, L, width]}, starting from zero. */
    public Tensor forward(Tensor input) {
        List<Tensor> values = weights.stream().map(Parameter::value).toList();
        Tensor initial = Tensors.zeros(layers, input.size(0), width).to(input.device());
        return cell == Cell.GRU
                ? Recurrent.gru(input, initial, values, layers)
                : Recurrent.lstm(input, initial, values, layers);
    }
}

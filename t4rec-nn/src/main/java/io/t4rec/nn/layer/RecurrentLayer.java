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
     * With PyTorch's fresh weights, uniform by fan-in.
     *
     * @param in width of the input
     * @param width of the hidden state and the output
     */
    public RecurrentLayer(Cell cell, long in, long width, int layers, Generator generator) {
        this(cell, width, layers);
        for (int layer = 0; layer < layers; layer++) {
            long from = layer == 0 ? in : width;
            long rows = cell.gates * width;
            add(
                    layer,
                    Initializers.fanIn(width, generator, rows, from),
                    Initializers.fanIn(width, generator, rows, width),
                    Initializers.fanIn(width, generator, rows),
                    Initializers.fanIn(width, generator, rows));
        }
    }

    private RecurrentLayer(Cell cell, long width, int layers) {
        this.cell = cell;
        this.layers = layers;
        this.width = width;
    }

    /** One layer whose input is as wide as its state, each gate's fresh weights uniform by Glorot's rule, biases zero. */
    public static RecurrentLayer glorot(Cell cell, long width, Generator generator) {
        RecurrentLayer layer = new RecurrentLayer(cell, width, 1);
        long rows = cell.gates * width;
        layer.add(
                0,
                Initializers.glorot(width, width, generator, rows, width),
                Initializers.glorot(width, width, generator, rows, width),
                Tensors.zeros(rows),
                Tensors.zeros(rows));
        return layer;
    }

    private void add(int layer, Tensor inWeight, Tensor stateWeight, Tensor inBias, Tensor stateBias) {
        weights.add(parameter("weight_ih_l" + layer, inWeight));
        weights.add(parameter("weight_hh_l" + layer, stateWeight));
        weights.add(parameter("bias_ih_l" + layer, inBias));
        weights.add(parameter("bias_hh_l" + layer, stateBias));
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

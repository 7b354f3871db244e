package io.t4rec.model.task;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Linear;
import io.t4rec.schema.ConfigException;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Layers of a task of its own between summary and output: affine, ReLU, dropout, for each width. */
final class TaskBlock extends Module {
    private final List<Linear> layers = new ArrayList<>();
    private final double dropout;
    private final long outputWidth;

    TaskBlock(long inputWidth, List<Integer> widths, double dropout, Generator generator) {
        long width = inputWidth;
        for (int next : widths) {
            layers.add(child(String.valueOf(layers.size()), Linear.fanIn(width, next, true, generator)));
            width = next;
        }
        this.dropout = dropout;
        this.outputWidth = width;
    }

    static void check(@Nullable List<Integer> widths, double dropout) {
        if (widths != null && widths.stream().anyMatch(width -> width == null || width < 1)) {
            throw new ConfigException("block: " + widths + " (expected: widths >= 1)");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new ConfigException("dropout: " + dropout + " (expected: 0 <= probability < 1)");
        }
    }

    long outputWidth() {
        return outputWidth;
    }

    /** {@code [n, inputWidth]} to {@code [n, outputWidth]}. */
    Tensor forward(Tensor input, Pass pass) {
        Tensor x = input;
        for (Linear layer : layers) {
            x = pass.dropout(layer.forward(x).relu(), dropout);
        }
        return x;
    }
}

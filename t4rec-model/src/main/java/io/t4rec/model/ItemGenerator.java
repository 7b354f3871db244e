package io.t4rec.model;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Linear;
import io.t4rec.nn.transformer.BodyInput;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/**
 * ELECTRA's generator (Clark et al. 2020): a smaller body on the embeddings of the model it draws for. Its states are compared with the
 * model's item table, so that only the projections to its width and back and its own layers are added. Used in training alone.
 */
final class ItemGenerator extends Module {
    private final Linear narrow;
    private final TransformerBody body;
    private final Linear widen;

    /**
     * @param embeddingWidth of what the model's body takes
     * @param itemWidth of the item table
     */
    ItemGenerator(TransformerSettings settings, int embeddingWidth, int itemWidth, Generator generator) {
        narrow = child("embeddings_project", Linear.fanIn(embeddingWidth, settings.dModel(), true, generator));
        body = child("transformer", settings.toConfig().create(generator));
        widen = child("generator_predictions", Linear.fanIn(body.outputWidth(), itemWidth, true, generator));
    }

    /**
     * States that predict items.
     *
     * @param input as for the model's body, {@code [rows, length, embeddingWidth]}
     * @param outputs numbers of positions, rows joined
     * @return {@code [outputs, itemWidth]}
     */
    Tensor hidden(BodyInput input, long[] outputs, Pass pass) {
        Tensor x = narrow.forward(input.embeddings()); // (B, L, d)
        BodyInput smaller = new BodyInput(x, input.paddingMask(), input.pattern(), input.times());
        Tensor states = pass.inPrecision(x, in -> body.forward(smaller, pass)).to(DataType.FLOAT32);
        Tensor picked = states.flatten(0, 1).indexSelect(0, Tensors.of(outputs).to(states.device())); // (n, width)
        return widen.forward(picked);
    }
}

package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Embedding;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** What both versions of DeBERTa do before their layers: places and token types where asked, another width, a norm; padding is zero. */
final class DebertaEmbeddings extends Module {
    private final @Nullable Embedding positions;
    private final @Nullable Embedding tokenTypes;
    private final @Nullable Linear project;
    private final LayerNorm norm;
    private final double dropout;

    /**
     * Sizes.
     *
     * @param in width of the inputs
     * @param width width D of the states
     * @param longest rows of the table of places; 0 for none
     * @param typeVocabSize rows of the table of token types; 0 for none
     */
    record Sizes(int in, int width, int longest, int typeVocabSize) {}

    DebertaEmbeddings(Sizes sizes, double deviation, double epsilon, double dropout, Generator generator) {
        positions = sizes.longest == 0
                ? null
                : child("position_embeddings", Embedding.plain(sizes.longest, sizes.in, deviation, generator));
        tokenTypes = sizes.typeVocabSize == 0
                ? null
                : child("token_type_embeddings", Embedding.plain(sizes.typeVocabSize, sizes.in, deviation, generator));
        project = sizes.in == sizes.width
                ? null
                : child("embed_proj", Linear.normalWithoutBias(sizes.in, sizes.width, deviation, generator));
        norm = child("LayerNorm", new LayerNorm(sizes.width, epsilon));
        this.dropout = dropout;
    }

    /** {@code [B, L, in]} to {@code [B, L, D]}. */
    Tensor forward(Tensor x, @Nullable Tensor paddingMask, Pass pass) {
        if (positions != null) {
            x = x.add(positions.first(x.size(1)));
        }
        if (tokenTypes != null) {
            x = x.add(tokenTypes.first(1));
        }
        if (project != null) {
            x = project.forward(x);
        }
        x = norm.forward(x);
        if (paddingMask != null) {
            x = x.mul(paddingMask.unsqueeze(2).to(x.dataType()));
        }
        return pass.dropout(x, dropout);
    }
}

package io.t4rec.nn.transformer;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stack of post-norm layers, each with weights of its own: BERT, and what differs from it by settings alone. */
final class EncoderBody extends TransformerBody {
    private final int inputWidth;
    private final int outputWidth;
    private final EncoderEmbeddings embeddings;
    private final @Nullable Linear project;
    private final List<PostNormLayer> layers = new ArrayList<>();

    /**
     * @param parts of the input; where it is not as wide as the layers, an affine map follows
     * @param prefix of the layers' names, which are numbers
     */
    EncoderBody(
            EncoderEmbeddings.Parts parts,
            EncoderSettings settings,
            int count,
            String prefix,
            PostNormLayer.Names names,
            Generator generator) {
        inputWidth = parts.width();
        outputWidth = settings.width();
        embeddings = child("embeddings", new EncoderEmbeddings(parts, generator));
        project = inputWidth == outputWidth
                ? null
                : child("embeddings_project", Linear.normal(inputWidth, outputWidth, settings.deviation(), generator));
        for (int i = 0; i < count; i++) {
            layers.add(child(prefix + i, new PostNormLayer(settings, names, true, generator)));
        }
    }

    @Override
    public int inputWidth() {
        return inputWidth;
    }

    @Override
    public int outputWidth() {
        return outputWidth;
    }

    @Override
    public Set<AttentionPattern.Kind> patterns() {
        return Set.of(AttentionPattern.Kind.BIDIRECTIONAL);
    }

    @Override
    public boolean ignores(String weight) {
        return ignored(weight);
    }

    /** Weights of the originals that embedded input and hidden states have no use for. */
    static boolean ignored(String weight) {
        return weight.equals("embeddings.word_embeddings.weight") || weight.startsWith("pooler.");
    }

    @Override
    protected Tensor compute(BodyInput input, Pass pass) {
        Tensor hidden = Attention.hidden(input.embeddings(), input.paddingMask(), false);
        Tensor embedded = embeddings.forward(input.embeddings(), pass); // (B, L, inputWidth)
        Tensor x = project == null ? embedded : project.forward(embedded); // (B, L, D)
        for (PostNormLayer layer : layers) {
            x = pass.block(x, in -> layer.forward(in, null, hidden, pass));
        }
        return x;
    }
}

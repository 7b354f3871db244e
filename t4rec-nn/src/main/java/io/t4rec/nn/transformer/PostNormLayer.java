package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Encoder layer that normalises after each addition (Vaswani et al. 2017): BERT's, and under other names that of its kin. */
final class PostNormLayer extends Module {
    /** How the original calls the parts. */
    record Names(
            SelfAttention.Names inAttention,
            String afterAttention,
            String expand,
            String shrink,
            String afterFeedForward) {
        static final Names BERT = new Names(
                SelfAttention.Names.BERT,
                "attention.output.LayerNorm",
                "intermediate.dense",
                "output.dense",
                "output.LayerNorm");
    }

    private final EncoderSettings settings;
    private final Activation activation;
    private final SelfAttention attention;
    private final LayerNorm afterAttention;
    private final Linear expand;
    private final Linear shrink;
    private final LayerNorm afterFeedForward;

    /** BERT's own. */
    PostNormLayer(EncoderSettings settings, Generator generator) {
        this(settings, Names.BERT, true, generator);
    }

    /** @param scaleDistances see {@link SelfAttention} */
    PostNormLayer(EncoderSettings settings, Names names, boolean scaleDistances, Generator generator) {
        this.settings = settings;
        int width = settings.width();
        activation = Activation.of(settings.activation());
        attention = child("attention", new SelfAttention(settings, names.inAttention, scaleDistances, generator));
        afterAttention = child(names.afterAttention, new LayerNorm(width, settings.epsilon()));
        expand = child(names.expand, Linear.normal(width, settings.inner(), settings.deviation(), generator));
        shrink = child(names.shrink, Linear.normal(settings.inner(), width, settings.deviation(), generator));
        afterFeedForward = child(names.afterFeedForward, new LayerNorm(width, settings.epsilon()));
    }

    /**
     * {@code [B, L, D]} to the same shape.
     *
     * @param bias added to attention scores, broadcastable to {@code [B, H, L, L]}, or null
     * @param hidden BOOL broadcastable to {@code [B, H, L, L]}, or null
     */
    Tensor forward(Tensor x, @Nullable Tensor bias, @Nullable Tensor hidden, Pass pass) {
        Tensor attended = attention.forward(x, bias, hidden, pass); // (B, L, D)
        x = afterAttention.forward(x.add(pass.dropout(attended, settings.attentionOutputDropout())));
        Tensor inner = activation.apply(expand.forward(x)); // (B, L, inner)
        return afterFeedForward.forward(x.add(pass.dropout(shrink.forward(inner), settings.feedForwardDropout())));
    }
}

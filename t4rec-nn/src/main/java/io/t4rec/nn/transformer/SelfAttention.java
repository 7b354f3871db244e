package io.t4rec.nn.transformer;

import io.t4rec.nn.Module;
import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Attention;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Self-attention of all heads and the map of what they found, as encoders of BERT's kind have it. */
final class SelfAttention extends Module {
    /** How the original calls the parts. */
    record Names(String query, String key, String value, String output, String distances) {
        static final Names BERT =
                new Names("self.query", "self.key", "self.value", "output.dense", "self.distance_embedding");
    }

    private final int heads;
    private final double dropout;
    private final double distanceScale;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear output;
    private final @Nullable RelativeKeys distances;

    /** @param scaleDistances whether scores by distance are divided by the square root of a head's width like the others */
    SelfAttention(EncoderSettings settings, Names names, boolean scaleDistances, Generator generator) {
        int width = settings.width();
        double deviation = settings.deviation();
        heads = settings.heads();
        dropout = settings.attentionDropout();
        distanceScale = scaleDistances ? 1 / Math.sqrt((double) width / heads) : 1;
        query = child(names.query, Linear.normal(width, width, deviation, generator));
        key = child(names.key, Linear.normal(width, width, deviation, generator));
        value = child(names.value, Linear.normal(width, width, deviation, generator));
        output = child(names.output, Linear.normal(width, width, deviation, generator));
        distances = settings.positionType().equals(RelativeKeys.ABSOLUTE)
                ? null
                : new RelativeKeys(child(names.distances, RelativeKeys.table(settings, generator)), settings);
    }

    /**
     * {@code [B, L, D]} to the same shape.
     *
     * @param bias added to the scores, broadcastable to {@code [B, H, L, L]}, or null
     * @param hidden BOOL broadcastable to {@code [B, H, L, L]}, or null
     */
    Tensor forward(Tensor x, @Nullable Tensor bias, @Nullable Tensor hidden, Pass pass) {
        Tensor queries = Attention.split(query.forward(x), heads); // (B, H, L, d)
        Tensor keys = Attention.split(key.forward(x), heads);
        Tensor values = Attention.split(value.forward(x), heads);
        Tensor added = bias;
        if (distances != null) {
            Tensor byDistance = distances.scores(queries, keys).mul(distanceScale); // (B, H, L, L)
            added = bias == null ? byDistance : bias.add(byDistance);
        }
        Tensor context = Attention.attend(queries, keys, values, added, hidden, dropout, pass); // (B, H, L, d)
        return output.forward(Attention.join(context)); // (B, L, D)
    }
}

package io.t4rec.nn.transformer;

/**
 * What encoders of BERT's kind have in common.
 *
 * @param width of hidden states, D
 * @param heads H; divides the width
 * @param inner width of the feed-forward part
 * @param activation of the feed-forward part
 * @param attentionDropout on attention weights
 * @param attentionOutputDropout on what attention adds
 * @param feedForwardDropout on what the feed-forward part adds
 * @param positions longest sequence that relative positions reach
 * @param positionType one of {@link RelativeKeys}'s names
 * @param deviation of fresh weights
 * @param epsilon added to variances
 */
record EncoderSettings(
        int width,
        int heads,
        int inner,
        String activation,
        double attentionDropout,
        double attentionOutputDropout,
        double feedForwardDropout,
        int positions,
        String positionType,
        double deviation,
        double epsilon) {}

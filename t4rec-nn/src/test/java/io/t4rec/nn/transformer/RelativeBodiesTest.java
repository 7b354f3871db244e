package io.t4rec.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What bodies with positions by distance refuse, and parts of them that are easy to get wrong. */
class RelativeBodiesTest {
    private static final BuildArguments ARGUMENTS = BuildArguments.of(16, 2, 1, 12);

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void movesScoresByDistanceToTheirKeys() {
        try (Scope scope = Scope.open()) {
            for (int step = 1; step <= 2; step++) {
                for (int queries = 1; queries <= 4; queries++) {
                    int keys = step * queries;
                    int columns = step * (queries - 1) + keys;
                    float[] values = new float[queries * columns];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = step * (queries - 1) - i % columns; // the distance itself
                    }
                    float[] moved = RelativeScores.byKey(Tensors.of(values, 1, 1, queries, columns), keys, step)
                            .toFloats();
                    for (int i = 0; i < moved.length; i++) {
                        assertThat(moved[i]).isEqualTo(step * (i / keys) - i % keys);
                    }
                }
            }
        }
    }

    @Test
    void aDecoderIsAlwaysCausal() {
        TransformerBody decoder = RoFormerConfig.fromHuggingFace(
                        json("{\"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 1,"
                                + " \"intermediate_size\": 8, \"max_position_embeddings\": 4, \"is_decoder\": true}"))
                .create(new Generator(1));
        assertThat(decoder.patterns()).containsExactly(AttentionPattern.Kind.CAUSAL);
    }

    @Test
    void anglesOfRoFormerAreSavedButNeverTrained() {
        TransformerBody body = RoFormerConfig.build(ARGUMENTS, RoFormerConfig.Options.defaults())
                .create(new Generator(1));
        assertThat(body.parameters().get("encoder.embed_positions.weight").isTrainable())
                .isFalse();
        Tensor table = body.state().get("encoder.embed_positions.weight");
        assertThat(table.shape()).containsExactly(14, 8);
        assertThat(table.toFloats()[8 + 4]).isEqualTo((float) Math.cos(1));
        assertThat(table.toFloats()[8 + 1]).isEqualTo((float) Math.sin(0.1));
    }

    @Test
    void refuseWidthsThatDoNotFit() {
        assertThatThrownBy(
                        () -> RoFormerConfig.build(BuildArguments.of(6, 2, 1, 12), RoFormerConfig.Options.defaults()))
                .hasMessageContaining("hiddenSize: 6 (expected: a multiple of 2 numAttentionHeads, 4)");
        assertThatThrownBy(() -> v2(-1, List.of(), "none", 3, 3, "tanh"))
                .hasMessageContaining("hiddenSize: 16 (expected: a multiple of convGroups, 3)");
        assertThatThrownBy(() -> v2(-1, List.of(), "none", 4, 1, "tanh"))
                .hasMessageContaining("convKernelSize: 4 (expected: an odd number)");
        assertThatThrownBy(() -> v2(1, List.of(), "none", 0, 1, "tanh")).hasMessageContaining("positionBuckets: 1");
    }

    @Test
    void funnelSpreadsItsLayersOverBlocks() {
        FunnelConfig.Options options = new FunnelConfig.Options(3, 0, "mean", "factorized", false, false, true);
        assertThat(FunnelConfig.build(BuildArguments.of(16, 2, 5, 12), options).blockSizes())
                .containsExactly(2, 2, 1);
        assertThat(FunnelConfig.build(BuildArguments.of(16, 2, 2, 12), options).blockSizes())
                .containsExactly(1, 1);
    }

    /** The first half of the width is attention, whose heads are fewer; never none. */
    @Test
    void convBertHasAtLeastOneHead() {
        ConvBertConfig config = ConvBertConfig.build(ARGUMENTS, new ConvBertConfig.Options(4, 3, 1));
        assertThat(config.create(new Generator(1)).state().get("encoder.layer.0.attention.self.conv_kernel_layer.bias"))
                .extracting(Tensor::elements)
                .isEqualTo(3L);
    }

    @Test
    void refusePartsThatDoNotDivideTheWidth() {
        assertThatThrownBy(() ->
                        ConvBertConfig.build(BuildArguments.of(18, 6, 1, 12), new ConvBertConfig.Options(3, 3, 1)))
                .hasMessageContaining("hiddenSize: 18 (expected: a multiple of 2 heads, 4)");
        assertThatThrownBy(() -> ConvBertConfig.build(ARGUMENTS, new ConvBertConfig.Options(1, 3, 3)))
                .hasMessageContaining("hiddenSize: 16 (expected: a multiple of numGroups, 3)");
        assertThatThrownBy(() -> new ConvBertConfig.Options(1, 4, 1)).hasMessageContaining("convKernelSize: 4");
        assertThatThrownBy(() -> FunnelConfig.build(BuildArguments.of(15, 3, 1, 12)))
                .hasMessageContaining("dModel: 15 (expected: even, for sines and cosines)");
        assertThatThrownBy(() -> new FunnelConfig.Options(0, 1, "mean", "factorized", true, true, true))
                .hasMessageContaining("blocks: 0");
        assertThatThrownBy(() -> new FunnelConfig.Options(2, 1, "median", "factorized", true, true, true))
                .hasMessageContaining("poolingType: median (expected: one of [mean, max])");
        assertThatThrownBy(() -> new FunnelConfig.Options(2, 1, "mean", "absolute", true, true, true))
                .hasMessageContaining("attentionType: absolute");
        assertThatThrownBy(
                        () -> FunnelConfig.fromHuggingFace(json("{\"block_sizes\": [2, 2], \"block_repeats\": [1]}")))
                .hasMessageContaining("blockSizes: [2, 2], blockRepeats: [1]");
    }

    @Test
    void refuseNamesThatMeanNothing() {
        assertThatThrownBy(() -> new DebertaConfig.Options(true, List.of("p2p"), -1, true))
                .hasMessageContaining("posAttType: p2p (expected: one of [c2p, p2c])");
        assertThatThrownBy(() -> new DebertaConfig.Options(true, List.of("c2p", "c2p"), -1, true))
                .hasMessageContaining("each kind once");
        assertThatThrownBy(() -> v2(-1, List.of(), "batch_norm", 0, 1, "tanh"))
                .hasMessageContaining("normRelEbd: batch_norm");
        assertThatThrownBy(() -> v2(-1, List.of(), "none", 3, 1, "sine")).hasMessageContaining("sine");
    }

    @Test
    void refuseWhatTheOriginalHasAndWeHaveNot() {
        assertThatThrownBy(() -> DebertaConfig.fromHuggingFace(json("{\"talking_head\": true}")))
                .hasMessageContaining("talking_head: true (expected: false)");
        assertThatThrownBy(() -> DebertaV2Config.fromHuggingFace(
                        json("{\"hidden_size\": 8, \"num_attention_heads\": 2, \"attention_head_size\": 8}")))
                .hasMessageContaining("attention_head_size: 8 (expected: 4");
        assertThatThrownBy(() -> DebertaConfig.fromHuggingFace(json("{\"model_type\": \"deberta-v2\"}")))
                .hasMessageContaining("model_type: deberta-v2 (expected: deberta)");
    }

    private static DebertaV2Config v2(
            int buckets, List<String> scores, String norm, int kernel, int groups, String activation) {
        return DebertaV2Config.build(
                ARGUMENTS,
                new DebertaV2Config.Options(true, -1, buckets, true, scores, true, norm, kernel, groups, activation));
    }
}

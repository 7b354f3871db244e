package io.t4rec.nn.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {
    private final Generator generator = new Generator(4);

    @Test
    void infersWidthsThroughAChain() {
        BlockSpec spec = Blocks.mlp(12, 10)
                .then(Blocks.residual(Blocks.layerNorm().then(Blocks.mlp(10))))
                .then(Blocks.dropout(0.5))
                .then(Blocks.linear(10, 3));
        assertThat(spec.outputWidth(7)).isEqualTo(3);
        try (Scope scope = Scope.open()) {
            Block block = spec.create(7, generator);
            assertThat(block.outputWidth()).isEqualTo(3);
            Tensor out = block.forward(Tensors.ones(2, 5, 7), Pass.inference());
            assertThat(out.shape()).containsExactly(2, 5, 3);
            assertThat(block.parameters().keySet())
                    .as("named by place")
                    .contains("0.0.weight", "0.1.bias", "1.inner.1.0.weight", "3.inner.weight");
            block.release();
        }
    }

    @Test
    void namesTheBlockThatDoesNotFit() {
        BlockSpec spec = Blocks.mlp(12).then(Blocks.dropout(0.1)).then(Blocks.linear(10, 3));
        assertThatThrownBy(() -> spec.create(7, generator))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("block 3 of 3, linear(10, 3): input width: 12 (expected: 10)"
                        + "; block 2, dropout(0.1), gives 12");
        assertThatThrownBy(() ->
                        Blocks.linear(8).then(Blocks.residual(Blocks.mlp(4))).outputWidth(8))
                .hasMessageContaining("block 2 of 2, residual(mlp[4]): inner width: 4 (expected: 8");
    }

    @Test
    void chainsAreTheSameHoweverTheyArePutTogether() {
        BlockSpec left = Blocks.mlp(6).then(Blocks.layerNorm()).then(Blocks.linear(2));
        BlockSpec right = Blocks.mlp(6).then(Blocks.layerNorm().then(Blocks.linear(2)));
        assertThat(left).isEqualTo(right);
        try (Scope scope = Scope.open()) {
            Tensor x = Tensors.ones(3, 4);
            Block one = left.create(4, new Generator(9));
            Block two = right.create(4, new Generator(9));
            assertThat(one.forward(x, Pass.inference()).contentEquals(two.forward(x, Pass.inference())))
                    .isTrue();
            one.release();
            two.release();
        }
    }

    @Test
    void appliesActivationNormalisationAndDropoutAfterEachLayer() {
        MlpConfig config = new MlpConfig(List.of(64), "none", false, "layer-norm", 0.5);
        try (Scope scope = Scope.open()) {
            Block mlp = config.create(8, generator);
            assertThat(mlp.parameters().keySet()).containsExactly("0.weight", "norm.0.weight", "norm.0.bias");
            Tensor x = Tensors.ones(20, 8).normalInPlace(0, 1, generator);
            float[] plain = mlp.forward(x, Pass.inference()).toFloats();
            float[] dropped = mlp.forward(x, Pass.training(new Generator(1))).toFloats();
            double sum = 0;
            int zeros = 0;
            for (int i = 0; i < plain.length; i++) {
                sum += plain[i];
                zeros += dropped[i] == 0 ? 1 : 0;
                if (dropped[i] != 0) {
                    assertThat(dropped[i]).isCloseTo(2 * plain[i], within(1e-5f));
                }
            }
            assertThat(sum / plain.length).as("mean of normalised rows").isCloseTo(0, within(1e-6));
            assertThat(zeros / (double) plain.length).isBetween(0.4, 0.6);
            mlp.release();
        }
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> MlpConfig.of(List.of())).hasMessageContaining("dimensions: []");
        assertThatThrownBy(() -> MlpConfig.of(List.of(3, 0))).hasMessageContaining("dimensions: [3, 0]");
        assertThatThrownBy(() -> new MlpConfig(List.of(3), "rellu", null, null, 0))
                .hasMessageContaining("activation: rellu");
        assertThatThrownBy(() -> new MlpConfig(List.of(3), null, null, "batch_norm", 0))
                .hasMessageContaining("normalization: batch_norm (expected: none or layer-norm");
        assertThatThrownBy(() -> new MlpConfig(List.of(3), null, null, null, 1)).hasMessageContaining("dropout: 1.0");
        assertThatThrownBy(() -> Blocks.linear(0)).hasMessageContaining("width: 0");
        assertThatThrownBy(() -> Blocks.dropout(-0.1)).hasMessageContaining("dropout: -0.1");
    }
}

package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SoftEmbeddingsTest {
    private static final Schema SCHEMA = Schema.of(Inputs.ITEM, Inputs.PRICE, Inputs.AGE);

    private static InputConfig with(SoftEmbeddings soft) {
        return new InputConfig(8, Map.of(), 2, 0.5, null, "concat", false, true, 0, 0)
                .edit()
                .softEmbeddings(soft)
                .build();
    }

    @Test
    void takeTheChosenNumbersAndLeaveOthersAsTheyAre() {
        SoftEmbeddings soft =
                new SoftEmbeddings(List.of("price"), null, null, Map.of("price", 5), Map.of("price", 4), null);
        SequenceInput input = new SequenceInput(with(soft), SCHEMA, 1 + 8 + 4, new Generator(1));
        assertThat(input.parameters()
                        .get("soft_embeddings.price.embedding_table.weight")
                        .value()
                        .shape())
                .containsExactly(5, 4);
        assertThat(input.parameters().keySet())
                .as("normalised once")
                .contains("soft_embeddings.price.layer_norm.weight", "feature_layer_norm.item_id.weight")
                .doesNotContain("feature_layer_norm.price.weight");
        try (Scope scope = Scope.open()) {
            Tensor vector = Inputs.forward(input, Pass.inference()).select(0, 0).select(0, 2);
            assertThat(vector.narrow(0, 0, 1).item()).as("age").isEqualTo(1.5);
            assertThat(vector.narrow(0, 9, 4).mean().item()).isCloseTo(0, within(1e-6));
        }
        input.release();
    }

    @Test
    void haveTheOriginalsSizesByDefault() {
        SoftEmbeddings soft = ConfigFiles.parseYaml("{}", SoftEmbeddings.class);
        assertThat(soft).isEqualTo(SoftEmbeddings.defaults());
        SequenceInput input = new SequenceInput(with(soft), SCHEMA, 8 + 8 + 8, new Generator(1));
        assertThat(input.parameters()
                        .get("soft_embeddings.age.embedding_table.weight")
                        .value()
                        .shape())
                .containsExactly(10, 8);
        input.release();
    }

    @Test
    void refuseWhatIsNoNumberColumnAndSizesBelowOne() {
        SoftEmbeddings wrong = new SoftEmbeddings(List.of("prise"), null, null, Map.of(), Map.of(), null);
        assertThatThrownBy(() -> new SequenceInput(with(wrong), SCHEMA, 24, new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("softEmbeddings.columns: prise")
                .hasMessageContaining("did you mean price?");
        assertThatThrownBy(() -> new SoftEmbeddings(null, 0, null, Map.of(), Map.of(), null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cardinalityDefault 0");
    }
}

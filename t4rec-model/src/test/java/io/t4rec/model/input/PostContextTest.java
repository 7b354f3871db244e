package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.nn.Pass;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostContextTest {
    private static final int WIDTH = 6;
    private static final Schema SCHEMA = Schema.of(Inputs.ITEM, Inputs.KIND, Inputs.COUNTRY, Inputs.AGE);

    private static InputConfig config(String fusion, String... columns) {
        return new InputConfig(8, Map.of("country", 4, "kind", 3), 2, 0.5, null, "concat", true, false, 0, 0)
                .edit()
                .postContext(new PostContextConfig(List.of(columns), fusion))
                .build();
    }

    private static Tensor hidden() {
        return Tensors.zeros(2, 3, WIDTH).normalInPlace(0, 1, new Generator(3));
    }

    /** The formulas, with the context of each row computed by hand. */
    @ParameterizedTest
    @ValueSource(strings = {"elementwise-mul", "elementwise-sum", "concat"})
    void joinsHiddenStatesWithTheContextOfTheSession(String fusion) {
        try (Scope scope = Scope.open()) {
            PostContext context = new PostContext(config(fusion, "country", "age"), SCHEMA, WIDTH, new Generator(1));
            Tensor hidden = hidden();
            SequenceBatch batch = Inputs.batch();
            Tensor out = context.forward(hidden, batch, Inputs.masked(batch), 0, 2, Pass.inference());
            assertThat(out.size(2)).isEqualTo(fusion.equals("concat") ? WIDTH + 5 : WIDTH);
            assertThat(context.outputWidth()).isEqualTo((int) out.size(2));
            Tensor countries =
                    context.parameters().get("embedding_tables.country.weight").value();
            for (int row = 0; row < 2; row++) {
                Tensor features = Tensors.concat(
                        0,
                        Tensors.of(new float[] {row == 0 ? 1.5f : -0.5f}),
                        countries.select(0, row == 0 ? 6 : 2)); // age, country
                Tensor projected = fusion.equals("concat")
                        ? features
                        : features.linear(
                                context.parameters().get("projection.weight").value(),
                                context.parameters().get("projection.bias").value());
                for (int event = 0; event < 3; event++) {
                    Tensor state = hidden.select(0, row).select(0, event);
                    Tensor expected = switch (fusion) {
                        case "elementwise-mul" -> state.mul(projected.add(1));
                        case "elementwise-sum" -> state.add(projected);
                        default -> Tensors.concat(0, state, projected);
                    };
                    Tensor difference =
                            out.select(0, row).select(0, event).sub(expected).abs();
                    assertThat(difference.sum().item()).isLessThan(1e-5);
                }
            }
            context.release();
        }
    }

    @Test
    void hidesTheFeaturesOfEventsThatAreMasked() {
        try (Scope scope = Scope.open()) {
            PostContext context = new PostContext(config("concat", "kind"), SCHEMA, WIDTH, new Generator(1));
            SequenceBatch batch = Inputs.batch();
            MaskedSequences masked = new MaskedMasking(0.4)
                    .apply(batch.longs("item_id"), batch.offsets(), Mode.TRAIN, new SplittableRandom(4));
            Tensor out = context.forward(hidden(), batch, masked, 0, 2, Pass.inference());
            int hidden = 0;
            for (int event = 0; event < 3; event++) {
                boolean isMasked = masked.replaced()[event];
                hidden += isMasked ? 1 : 0;
                Tensor feature = out.select(0, 0).select(0, event).narrow(0, WIDTH, 3);
                assertThat(feature.abs().sum().item() == 0).isEqualTo(isMasked);
            }
            assertThat(hidden).isBetween(1, 2);
            context.release();
        }
    }

    @Test
    void takesItsColumnsOutOfTheInput() {
        InputConfig config = config("elementwise-mul", "country", "kind");
        SequenceInput input = new SequenceInput(config, SCHEMA, 16, new Generator(1));
        assertThat(input.parameters().keySet())
                .contains("embedding_tables.item_id.weight")
                .doesNotContain("embedding_tables.country.weight", "embedding_tables.kind.weight");
        assertThat(SequenceInput.contextColumns(config, SCHEMA))
                .as("a request must still carry them")
                .contains(Inputs.COUNTRY, Inputs.AGE);
        input.release();
    }

    @Test
    void refusesWhatIsNoFeature() {
        assertRefused("elementwise-mul", "contry", "postContext.columns: contry", "did you mean country?");
        assertRefused("elementwise-mul", "item_id", "postContext.columns: item_id");
        assertThatThrownBy(() -> new PostContextConfig(List.of("age"), "elementwise-mult"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("postContext.fusion: elementwise-mult")
                .hasMessageContaining("did you mean elementwise-mul?");
        assertThatThrownBy(() -> new PostContextConfig(List.of(), null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("postContext.columns: [] (expected: at least one)");
    }

    private static void assertRefused(String fusion, String column, String... parts) {
        assertThatThrownBy(() -> new PostContext(config(fusion, column), SCHEMA, WIDTH, new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(parts);
    }
}

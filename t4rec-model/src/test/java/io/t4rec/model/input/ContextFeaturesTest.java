package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Columns with one value a row beside lists. */
class ContextFeaturesTest {
    private static final InputConfig CONFIG =
            new InputConfig(8, Map.of("country", 4), 2, 0.05, null, "concat", false, false, 0, 0);

    @Test
    void areRepeatedForEveryEvent() {
        try (Scope scope = Scope.open()) {
            Schema schema = Schema.of(Inputs.ITEM, Inputs.COUNTRY, Inputs.AGE);
            SequenceInput input = new SequenceInput(CONFIG, schema, 8 + 4 + 1, new Generator(1));
            Tensor out = Inputs.forward(input, Pass.inference()); // age, country, item
            Tensor countries =
                    input.parameters().get("embedding_tables.country.weight").value();
            for (int row = 0; row < 2; row++) {
                float[] expected = countries.select(0, row == 0 ? 6 : 2).toFloats();
                for (int event = 0; event < 3; event++) {
                    Tensor vector = out.select(0, row).select(0, event);
                    assertThat(vector.narrow(0, 0, 1).toFloats()).containsExactly(row == 0 ? 1.5f : -0.5f);
                    assertThat(vector.narrow(0, 1, 4).toFloats()).containsExactly(expected);
                }
            }
            input.release();
        }
    }

    @Test
    void joinTheProjectionOfNumbers() {
        try (Scope scope = Scope.open()) {
            Schema schema = Schema.of(Inputs.ITEM, Inputs.PRICE, Inputs.AGE);
            InputConfig config = CONFIG.edit()
                    .embeddingDims(Map.of())
                    .continuousProjection(List.of(4))
                    .build();
            SequenceInput input = new SequenceInput(config, schema, 12, new Generator(1));
            assertThat(input.parameters()
                            .get("continuous_projection.0.weight")
                            .value()
                            .shape())
                    .containsExactly(4, 2);
            assertThat(Inputs.forward(input, Pass.inference()).shape()).containsExactly(2, 3, 12);
            input.release();
        }
    }

    @Test
    void areNoneOfWhatTellsSessionsOrIsToBePredicted() {
        ColumnSchema session = ColumnSchema.categorical("session", 9).withTags(Tag.SESSION, Tag.ID);
        ColumnSchema bought = ColumnSchema.categorical("bought", 1).withTags(Tag.TARGET, Tag.BINARY_CLASSIFICATION);
        ColumnSchema untagged = ColumnSchema.scalar("number", DType.INT64);
        Schema schema = Schema.of(Inputs.ITEM, session, bought, untagged, Inputs.COUNTRY);
        assertThat(SequenceInput.contextColumns(InputConfig.defaults(), schema))
                .extracting(ColumnSchema::name)
                .containsExactly("country");
    }

    @Test
    void canBeLeftOutByName() {
        Schema schema = Schema.of(Inputs.ITEM, Inputs.KIND, Inputs.COUNTRY, Inputs.AGE);
        InputConfig some = InputConfig.itemsOnly().edit().columns(List.of()).build();
        SequenceInput input = new SequenceInput(some, schema, 16, new Generator(1));
        assertThat(input.parameters().keySet()).containsExactly("embedding_tables.item_id.weight");
        input.release();
        InputConfig wrong = some.edit().columns(List.of("contry")).build();
        assertThatThrownBy(() -> new SequenceInput(wrong, schema, 16, new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "columns: contry (expected: one of [item_id, kind, country, age]; did you mean country?");
    }

    @Test
    void missingFromABatchAreNamed() {
        try (Scope scope = Scope.open()) {
            ColumnSchema region = ColumnSchema.categorical("region", 3);
            SequenceInput input =
                    new SequenceInput(InputConfig.defaults(), Schema.of(Inputs.ITEM, region), 16, new Generator(1));
            assertThatThrownBy(() -> Inputs.forward(input, Pass.inference()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("column: region (expected: one of [");
            input.release();
        }
    }
}

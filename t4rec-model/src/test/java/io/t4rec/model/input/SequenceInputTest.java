package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.SchemaException;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SequenceInputTest {
    private static final ColumnSchema ITEM = ColumnSchema.categorical("item_id", 30)
            .withShape(ColumnShape.ragged())
            .withTags(Tag.ITEM, Tag.ID, Tag.LIST);
    private static final ColumnSchema KIND =
            ColumnSchema.categorical("kind", 5).withShape(ColumnShape.ragged()).withTags(Tag.LIST);

    @Test
    void refusesWidthsThatDoNotFitTheBody() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() ->
                            new SequenceInput(InputConfig.itemsOnly(), Schema.of(ITEM, KIND), 16, new Generator(1)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("input width: 20 of {item_id=16, kind=4} (expected: 16, the body's width")
                    .hasMessageContaining("projection: true");
            InputConfig sum =
                    new InputConfig(8, Map.of("kind", 4), 2, 0.05, null, "element-wise-sum", true, false, 0, 0);
            assertThatThrownBy(() -> new SequenceInput(sum, Schema.of(ITEM, KIND), 16, new Generator(1)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("expected: all equal, for an element-wise aggregation");
        }
    }

    @Test
    void refusesAnIdColumnWithoutDomain() {
        Schema schema = Schema.of(ITEM, KIND.withIntDomain(null));
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> new SequenceInput(InputConfig.defaults(), schema, 16, new Generator(1)))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("column kind: no int domain");
        }
    }

    @Test
    void namesTheNearestAggregation() {
        assertThatThrownBy(() -> new InputConfig(null, Map.of(), 2, 0.05, null, "concatt", true, false, 0, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("did you mean concat?");
    }

    @Test
    void refusesWidthsBelowOne() {
        assertThatThrownBy(() -> new InputConfig(null, Map.of(), 2, 0.05, List.of(4, 0), "concat", true, false, 0, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("continuousProjection: [4, 0] (expected: widths >= 1)");
        assertThatThrownBy(() -> new InputConfig(0, Map.of(), 2, 0.05, null, "concat", true, false, 0, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("embedding widths: item 0");
    }

    @Test
    void takesTheItemsWidthFromEitherSetting() {
        InputConfig byName = new InputConfig(null, Map.of("item_id", 12), 2, 0.05, null, "concat", true, false, 0, 0);
        SequenceInput input = new SequenceInput(byName, Schema.of(ITEM), 16, new Generator(1));
        try {
            assertThat(input.parameters()
                            .get("embedding_tables.item_id.weight")
                            .value()
                            .size(1))
                    .isEqualTo(12);
        } finally {
            input.release();
        }
    }

    @Test
    void drawsEachTableWithItsOwnDeviation() {
        InputConfig config = new InputConfig(64, Map.of("kind", 64), 2, 0.01, null, "concat", true, false, 0, 0)
                .edit()
                .embeddingDeviations(Map.of("kind", 2.0))
                .build();
        SequenceInput input = new SequenceInput(config, Schema.of(ITEM, KIND), 16, new Generator(1));
        try {
            assertThat(deviation(input, "item_id")).isBetween(0.009, 0.011);
            assertThat(deviation(input, "kind")).isBetween(1.7, 2.3);
        } finally {
            input.release();
        }
        InputConfigEditor wrong = InputConfig.defaults().edit().embeddingDeviations(Map.of("kind", Double.NaN));
        assertThatThrownBy(wrong::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("embeddingDeviations: {kind=NaN} (expected: finite, >= 0)");
        assertThatThrownBy(() -> new SequenceInput(
                        InputConfig.defaults()
                                .edit()
                                .embeddingDeviations(Map.of("kidn", 1.0))
                                .build(),
                        Schema.of(ITEM, KIND),
                        16,
                        new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("embeddingDeviations: kidn")
                .hasMessageContaining("did you mean kind?");
    }

    /** Root of the mean square of all rows but the padding. */
    private static double deviation(SequenceInput input, String column) {
        float[] values = input.parameters()
                .get("embedding_tables." + column + ".weight")
                .value()
                .toFloats();
        double sum = 0;
        for (int i = 64; i < values.length; i++) {
            sum += values[i] * values[i];
        }
        return Math.sqrt(sum / (values.length - 64));
    }
}

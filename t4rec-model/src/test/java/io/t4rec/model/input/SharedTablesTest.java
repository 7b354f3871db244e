package io.t4rec.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.IntDomain;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedTablesTest {
    private static final InputConfig SHARED = new InputConfig(8, Map.of(), 2, 0.05, null, "concat", false, false, 0, 0)
            .edit()
            .sharedTables(Map.of("products", List.of("item_id", "last_item")))
            .build();

    /** The gradient of a shared table is the sum of the gradients that tables of their own would have. */
    @Test
    void collectTheGradientsOfAllTheirColumns() {
        try (Scope scope = Scope.open()) {
            Schema schema = Schema.of(Inputs.ITEM, Inputs.LAST, Inputs.KIND);
            InputConfig own = SHARED.edit()
                    .sharedTables(Map.of())
                    .embeddingDims(Map.of("last_item", 8))
                    .build();
            SequenceInput shared = new SequenceInput(SHARED, schema, 20, new Generator(1));
            SequenceInput separate = new SequenceInput(own, schema, 20, new Generator(2));
            Tensor table =
                    shared.parameters().get("embedding_tables.products.weight").value();
            for (String column : List.of("item_id", "last_item")) {
                Tensor copy = separate.parameters()
                        .get("embedding_tables." + column + ".weight")
                        .value();
                copy.detach().copyFrom(table.detach());
            }
            separate.parameters()
                    .get("embedding_tables.kind.weight")
                    .value()
                    .detach()
                    .copyFrom(shared.parameters()
                            .get("embedding_tables.kind.weight")
                            .value()
                            .detach());
            Tensor out = Inputs.forward(shared, Pass.inference());
            Tensor same = Inputs.forward(separate, Pass.inference());
            assertThat(out.contentEquals(same)).isTrue();
            Tensor gradient = out.copy().detach().normalInPlace(0, 1, new Generator(5));
            out.backward(gradient);
            same.backward(gradient);
            Tensor sum = gradient(separate, "item_id").add(gradient(separate, "last_item"));
            Tensor difference = gradient(shared, "products").sub(sum).abs();
            assertThat(difference.sum().item()).isCloseTo(0, within(1e-5));
            assertThat(sum.abs().sum().item()).isGreaterThan(1);
            shared.release();
            separate.release();
        }
    }

    private static Tensor gradient(SequenceInput input, String table) {
        return input.parameters().get("embedding_tables." + table + ".weight").denseGradient();
    }

    @Test
    void areFoundByTheDomainsOfTheSchema() {
        ColumnSchema item = Inputs.ITEM.withIntDomain(new IntDomain(0, 30, "product"));
        ColumnSchema last = Inputs.LAST.withIntDomain(new IntDomain(0, 30, "product"));
        ColumnSchema kind = Inputs.KIND.withIntDomain(new IntDomain(0, 5, "kind"));
        InputConfig byDomain =
                SHARED.edit().sharedTables(Map.of()).shareDomains(true).build();
        SequenceInput input = new SequenceInput(byDomain, Schema.of(item, last, kind), 20, new Generator(1));
        assertThat(input.parameters().keySet())
                .containsExactlyInAnyOrder("embedding_tables.product.weight", "embedding_tables.kind.weight");
        assertThat(input.itemTable().table().value().shape()).containsExactly(31, 8);
        input.release();
    }

    @Test
    void ofTheItemTellAllIdsThatAreLookedUp() {
        SequenceInput input = new SequenceInput(SHARED, Schema.of(Inputs.ITEM, Inputs.LAST), 16, new Generator(1));
        assertThat(input.items(Inputs.batch(), Inputs.masked(Inputs.batch()), 0, 2))
                .containsExactly(3, 4, 5, 9, 0, 0, 1, 3, 4, 1, 0, 0);
        input.release();
    }

    @Test
    void refuseColumnsThatDoNotBelongTogether() {
        assertRefused(
                SHARED,
                Schema.of(Inputs.ITEM, Inputs.LAST.withIntDomain(IntDomain.of(0, 12))),
                "table products",
                "{item_id=31, last_item=13}",
                "shared: true");
        assertRefused(SHARED, Schema.of(Inputs.ITEM, Inputs.KIND), "sharedTables.products: last_item");
        InputConfig twice = SHARED.edit()
                .sharedTables(Map.of("a", List.of("item_id", "last_item"), "b", List.of("item_id", "last_item")))
                .build();
        assertRefused(twice, Schema.of(Inputs.ITEM, Inputs.LAST), "in a and b", "expected: one table");
        InputConfig taken = SHARED.edit()
                .sharedTables(Map.of("kind", List.of("item_id", "last_item")))
                .build();
        assertRefused(taken, Schema.of(Inputs.ITEM, Inputs.LAST, Inputs.KIND), "table kind", "another name");
        InputConfig widths = SHARED.edit()
                .itemDim(null)
                .embeddingDims(Map.of("item_id", 8, "last_item", 4))
                .build();
        assertRefused(widths, Schema.of(Inputs.ITEM, Inputs.LAST), "embeddingDims", "expected: one value");
        InputConfigEditor single = SHARED.edit().sharedTables(Map.of("a", List.of("item_id")));
        assertThatThrownBy(single::build)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("sharedTables.a: [item_id] (expected: at least two columns)");
    }

    private static void assertRefused(InputConfig config, Schema schema, String... parts) {
        assertThatThrownBy(() -> new SequenceInput(config, schema, 16, new Generator(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(parts);
    }
}

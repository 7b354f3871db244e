package io.t4rec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final ColumnSchema ITEM =
            ColumnSchema.categorical("item", 9).withTags(Tag.ITEM_ID).withShape(ColumnShape.ragged());
    private static final ColumnSchema SESSION =
            ColumnSchema.scalar("session", DType.STRING).withTags(Tag.SESSION_ID);
    private static final ColumnSchema PRICE = ColumnSchema.continuous("price").withTags(Tag.ITEM);
    private static final Schema SCHEMA = Schema.of(ITEM, SESSION, PRICE);

    @Test
    void selectsByNameInTheOrderAskedFor() {
        assertThat(SCHEMA.select(List.of("price", "item")).names()).containsExactly("price", "item");
        assertThat(SCHEMA.excluding(List.of("item", "nothing")).names()).containsExactly("session", "price");
        assertThatThrownBy(() -> SCHEMA.select(List.of("pricee")))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column: pricee")
                .hasMessageContaining("did you mean price?");
        assertThatThrownBy(() -> SCHEMA.select(List.of("item", "item"))).hasMessageContaining("column item: twice");
    }

    @Test
    void selectsByTag() {
        assertThat(SCHEMA.selectByTag(Tag.ITEM).names()).containsExactly("item", "price");
        assertThat(SCHEMA.selectByTag(Tag.ITEM_ID).names()).containsExactly("item");
        assertThat(SCHEMA.selectByAnyTag(Set.of(Tag.SESSION, Tag.CONTINUOUS)).names())
                .containsExactly("session", "price");
        assertThat(SCHEMA.excludingByTag(Set.of(Tag.ID)).names()).containsExactly("price");
        assertThat(SCHEMA.filter(ColumnSchema::isList).names()).containsExactly("item");
        assertThat(SCHEMA.itemId()).isEqualTo(ITEM);
        assertThat(SCHEMA.sessionId()).isEqualTo(SESSION);
    }

    @Test
    void namesTheCandidatesWhenThereIsNotExactlyOneId() {
        assertThatThrownBy(() -> Schema.of(PRICE).itemId())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("columns tagged item_id: []")
                .hasMessageContaining("[price]");
        assertThatThrownBy(() -> Schema.of(ITEM, ITEM.withName("other")).itemId())
                .hasMessageContaining("columns tagged item_id: [item, other]");
    }

    @Test
    void unitesTwoSchemas() {
        ColumnSchema wide =
                ColumnSchema.scalar("price", DType.FLOAT64).withTags(Tag.TARGET).withProperties(Map.of("b", 2));
        Schema united = Schema.of(ITEM, PRICE.withProperties(Map.of("a", 1))).plus(Schema.of(wide, SESSION));
        assertThat(united.names()).containsExactly("item", "price", "session");
        assertThat(united.get("price").dtype()).isEqualTo(DType.FLOAT64);
        assertThat(united.get("price").tags()).containsExactly(Tag.CONTINUOUS, Tag.ITEM, Tag.TARGET);
        assertThat(united.get("price").properties()).isEqualTo(Map.of("a", 1L, "b", 2L));
        assertThat(united.minus(Schema.of(wide)).names()).containsExactly("item", "session");
    }

    @Test
    void refusesANameThatOccursTwice() {
        assertThatThrownBy(() -> Schema.of(ITEM, PRICE.withName("item")))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column item: twice");
    }

    @Test
    void comparesByContentAndOrder() {
        assertThat(Schema.of(ITEM, PRICE)).isEqualTo(Schema.of(ITEM, PRICE)).isNotEqualTo(Schema.of(PRICE, ITEM));
        assertThat(Schema.of(ITEM)).hasSameHashCodeAs(Schema.of(ITEM));
        assertThat(SCHEMA.find("nothing")).isNull();
        assertThat(SCHEMA.contains("item")).isTrue();
    }
}

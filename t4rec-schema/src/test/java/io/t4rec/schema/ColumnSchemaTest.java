package io.t4rec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ColumnSchemaTest {
    private static final ColumnSchema PLAIN = ColumnSchema.scalar("price", DType.FLOAT32);

    @Test
    void splitsOldCompoundTags() {
        assertThat(Tag.expand("ITEM_ID")).containsExactlyInAnyOrder(Tag.ITEM, Tag.ID);
        assertThat(Tag.expand("user_id")).containsExactlyInAnyOrder(Tag.USER, Tag.ID);
        assertThat(Tag.expand("session_id")).containsExactlyInAnyOrder(Tag.SESSION, Tag.ID);
        assertThat(Tag.expand("text_tokenized")).containsExactlyInAnyOrder(Tag.TEXT, Tag.TOKENIZED);
        assertThat(Tag.expand("binary_classification")).containsExactly(Tag.BINARY_CLASSIFICATION);
        assertThat(Tag.expand("multi_class_classification")).containsExactly(Tag.MULTI_CLASS_CLASSIFICATION);
        assertThat(Tag.expand("of our own")).containsExactly(new Tag("Of Our Own"));
    }

    @Test
    void theLaterTagDropsTheOneThatContradictsIt() {
        ColumnSchema column = ColumnSchema.continuous("x").withTags(Tag.CATEGORICAL, Tag.TIME);
        assertThat(column.tags()).containsExactly(Tag.CATEGORICAL, Tag.TIME);
        assertThat(column.withTags(Tag.EMBEDDING).tags()).containsExactly(Tag.EMBEDDING, Tag.TIME);
        assertThat(column.withTags(Tag.ID).tags()).containsExactly(Tag.CATEGORICAL, Tag.ID, Tag.TIME);
        assertThat(column.withoutTags(Tag.TIME).tags()).containsExactly(Tag.CATEGORICAL);
        assertThatThrownBy(() -> PLAIN.withTags(Tag.ID, Tag.CONTINUOUS))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column price: tags continuous and id");
    }

    @Test
    void refusesDomainsOfAnotherType() {
        assertThatThrownBy(() -> PLAIN.withIntDomain(IntDomain.of(0, 3)))
                .hasMessageContaining("column price: an int domain");
        for (DType type : List.of(DType.INT8, DType.BOOL, DType.STRING)) {
            assertThatThrownBy(() -> PLAIN.withDType(type).withFloatDomain(FloatDomain.of(0, 3)))
                    .hasMessageContaining("column price: a float domain on " + type);
        }
        assertThatThrownBy(() -> PLAIN.withDType(DType.STRING).withIntDomain(IntDomain.of(0, 3)))
                .hasMessageContaining("column price: an int domain on STRING");
        assertThat(ColumnSchema.categorical("kind", 3).withDType(DType.FLOAT64).intDomain())
                .isNull();
    }

    @Test
    void countsIdsFromZero() {
        ColumnSchema kind = ColumnSchema.categorical("kind", 3);
        assertThat(kind.cardinality()).isEqualTo(4);
        assertThat(kind.withIntDomain(IntDomain.of(1, 3)).cardinality()).isEqualTo(4);
        assertThatThrownBy(() -> kind.withIntDomain(null).cardinality())
                .hasMessageContaining("column kind: no int domain");
        assertThatThrownBy(() -> kind.withIntDomain(IntDomain.of(-1, 3)).cardinality())
                .hasMessageContaining("column kind: int domain -1 to 3");
        assertThatThrownBy(() ->
                        kind.withIntDomain(IntDomain.of(0, Long.MAX_VALUE)).cardinality())
                .isInstanceOf(SchemaException.class);
    }

    @Test
    void refusesPropertiesThatOtherComponentsSay() {
        for (String reserved : ColumnSchema.RESERVED) {
            assertThatThrownBy(() -> PLAIN.withProperties(Map.of(reserved, true)))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("column price: property " + reserved);
        }
    }

    @Test
    void refusesPropertiesThatAFileCouldNotHold() {
        assertRefused(Double.NaN, "finite");
        assertRefused((1L << 53) + 1, "9007199254740993");
        assertRefused(BigInteger.TWO.pow(70).add(BigInteger.ONE), "2^53");
        assertRefused(new Object(), "of type java.lang.Object");
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        assertRefused(itself, "nested deeper");
        assertThat(PLAIN.withProperties(Map.of("x", 1L << 60)).properties()).containsEntry("x", 0x1p60);
        assertThat(PLAIN.withProperties(Map.of("x", 3.0)).properties()).containsEntry("x", 3L);
    }

    private static void assertRefused(Object value, String expected) {
        assertThatThrownBy(() -> PLAIN.withProperties(Map.of("x", value)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column price: property x")
                .hasMessageContaining(expected);
    }

    @Test
    void refusesImpossibleLengthsAndNames() {
        assertThatThrownBy(() -> ColumnShape.fixed(0)).hasMessageContaining("list length: 0");
        assertThatThrownBy(() -> ColumnShape.ragged(3, 2)).hasMessageContaining("list length: 3 to 2");
        assertThatThrownBy(() -> ColumnShape.ragged(-1, 0)).hasMessageContaining("list length: -1");
        assertThatThrownBy(() -> ColumnSchema.continuous("")).hasMessageContaining("column name");
    }

    @Test
    void knowsListsFromScalars() {
        assertThat(PLAIN.isList()).isFalse();
        assertThat(PLAIN.withShape(ColumnShape.fixed(3)).isList()).isTrue();
        assertThat(PLAIN.withShape(ColumnShape.fixed(3)).isRagged()).isFalse();
        assertThat(ColumnSchema.ragged("x", DType.INT32).isRagged()).isTrue();
        assertThat(PLAIN.withTags(Tag.USER).hasTags(Set.of(Tag.USER, Tag.TIME))).isFalse();
    }
}

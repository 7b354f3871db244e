package io.t4rec.schema.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final List<String> KNOWN = List.of("item_id", "price", "learningRate", "lr", "dModel");

    @Test
    void findsTheNameThatWasMeant() {
        assertThat(Names.nearest("itemid", KNOWN)).isEqualTo("item_id");
        assertThat(Names.nearest("PRICE", KNOWN)).isEqualTo("price");
        assertThat(Names.nearest("learning_rate", KNOWN)).isEqualTo("learningRate");
        assertThat(Names.nearest("dmodel", KNOWN)).isEqualTo("dModel");
    }

    @Test
    void acceptsABeginningOrALongerForm() {
        assertThat(Names.nearest("learn", KNOWN)).isEqualTo("learningRate");
        assertThat(Names.nearest("price_in_cents", KNOWN)).isEqualTo("price");
    }

    @Test
    void suggestsNothingThatIsFarAway() {
        assertThat(Names.nearest("colour", KNOWN)).isNull();
        assertThat(Names.nearest("xy", KNOWN)).isNull();
        assertThat(Names.nearest("", List.of("ab", ""))).isNull();
        assertThat(Names.nearest("price", List.of())).isNull();
    }

    @Test
    void listsAllNamesAndAsks() {
        assertThat(Names.expectation("pricee", List.of("item", "price")))
                .isEqualTo("one of [item, price]; did you mean price?");
        assertThat(Names.expectation("colour", List.of("item", "price"))).isEqualTo("one of [item, price]");
    }
}

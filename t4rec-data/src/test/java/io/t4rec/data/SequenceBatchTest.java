package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.SchemaException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SequenceBatchTest {
    private final SequenceBatch batch = new SequenceBatch(
            new int[] {0, 3, 3, 5},
            Map.of("item_id", new long[] {1, 2, 3, 4, 5}),
            Map.of("price", new float[] {10, 20, 30, 40, 50}),
            Map.of("user", new long[] {7, 8, 9}),
            Map.of("age", new float[] {70, 80, 90}));

    @Test
    void knowsItsRows() {
        assertThat(batch.rowCount()).isEqualTo(3);
        assertThat(batch.length(0)).isEqualTo(3);
        assertThat(batch.length(1)).isZero();
        assertThat(batch.maxLength()).isEqualTo(3);
        assertThat(SequenceBatch.of("item_id", new long[0][]).maxLength()).isZero();
    }

    @Test
    void picksRowsInAnyOrderWithTheirNewestEvents() {
        SequenceBatch picked = batch.rows(new int[] {2, 0, 1, 0}, 2);
        assertThat(picked.offsets()).containsExactly(0, 2, 4, 4, 6);
        assertThat(picked.longs("item_id")).containsExactly(4, 5, 2, 3, 2, 3);
        assertThat(picked.floats("price")).containsExactly(40, 50, 20, 30, 20, 30);
        assertThat(picked.rowLongs("user")).containsExactly(9, 7, 8, 7);
        assertThat(picked.rowFloats("age")).containsExactly(90, 70, 80, 70);
    }

    @Test
    void sortsItsRowsByLength() {
        SequenceBatch sorted = batch.shortestFirst();
        assertThat(sorted.offsets()).containsExactly(0, 0, 2, 5);
        assertThat(sorted.longs("item_id")).containsExactly(4, 5, 1, 2, 3);
        assertThat(sorted.rowLongs("user")).containsExactly(8, 9, 7);
    }

    @Test
    void picksARangeWithoutCutting() {
        SequenceBatch picked = batch.rows(1, 3);
        assertThat(picked.offsets()).containsExactly(0, 0, 2);
        assertThat(picked.longs("item_id")).containsExactly(4, 5);
        assertThat(picked.rowLongs("user")).containsExactly(8, 9);
        assertThat(batch.rows(1, 1).rowCount()).isZero();
    }

    @Test
    void takesPrefixesOfTheOldestEvents() {
        SequenceBatch prefixes = batch.prefixes(new int[] {0, 0, 2}, new int[] {1, 2, 0});
        assertThat(prefixes.offsets()).containsExactly(0, 1, 3, 3);
        assertThat(prefixes.longs("item_id")).containsExactly(1, 1, 2);
        assertThat(prefixes.rowFloats("age")).containsExactly(70, 70, 90);
    }

    @Test
    void refusesColumnsAndOffsetsThatDoNotFit() {
        assertThatThrownBy(() -> new SequenceBatch(new int[] {0, 2}, Map.of("a", new long[1]), Map.of()))
                .hasMessage("column a: 1 values (expected: 2)");
        assertThatThrownBy(() ->
                        new SequenceBatch(new int[] {0, 2}, Map.of(), Map.of(), Map.of(), Map.of("age", new float[2])))
                .hasMessage("column age: 2 values (expected: 1)");
        assertThatThrownBy(() -> new SequenceBatch(new int[] {0, 2, 1}, Map.of(), Map.of()))
                .hasMessage("offsets: 2, then 1 (expected: rising)");
        assertThatThrownBy(() -> new SequenceBatch(new int[] {1, 2}, Map.of(), Map.of()))
                .hasMessageContaining("from 1 (expected");
        assertThatThrownBy(() -> new SequenceBatch(new int[0], Map.of(), Map.of()))
                .hasMessageContaining("none (expected");
    }

    @Test
    void namesTheNearestColumn() {
        assertThatThrownBy(() -> batch.longs("item"))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("[age, item_id, price, user]; did you mean item_id?");
        assertThatThrownBy(() -> batch.rowLongs("item_id")).isInstanceOf(SchemaException.class);
    }

    @Test
    void refusesToCutWhatARowHasNot() {
        assertThatThrownBy(() -> batch.prefixes(new int[] {0}, new int[] {4}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("length: 4 (expected: 0 to 3, the events of the row)");
        assertThatThrownBy(() -> batch.prefixes(new int[] {0}, new int[] {-1})).hasMessageContaining("length: -1");
        assertThatThrownBy(() -> batch.prefixes(new int[] {0, 2}, new int[] {1}))
                .hasMessage("lengths: 1 (expected: 2)");
        assertThatThrownBy(() -> batch.rows(new int[] {0}, -1)).hasMessage("maxLength: -1 (expected: >= 0)");
    }

    @Test
    void refusesListsWhoseOffsetsAreNotThoseOfTheElements() {
        Column elements = Column.of(1, 2, 3);
        assertThat(new Column.Lists(elements, new int[] {0, 0, 3}).value(1)).isEqualTo(elements);
        assertThatThrownBy(() -> new Column.Lists(elements, new int[] {0, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("offsets: to 2 (expected: to 3, the number of elements)");
        assertThatThrownBy(() -> new Column.Lists(elements, new int[] {1, 3})).hasMessageContaining("from 1");
        assertThatThrownBy(() -> new Column.Lists(elements, new int[] {0, 4, 3}))
                .hasMessageContaining("rising");
        assertThatThrownBy(() -> new Column.Lists(elements, new int[0])).hasMessageContaining("offsets: none");
    }
}

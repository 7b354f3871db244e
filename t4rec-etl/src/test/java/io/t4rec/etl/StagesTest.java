package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StagesTest {
    private final Stages stages = new Stages();

    private static Step change(String column) {
        return new Step.Project(Map.of(column, Expr.literal(1L)));
    }

    @Test
    void readsColumnsWhereTheyWereChangedLast() {
        assertThat(stages.current()).isEqualTo("stage_0");
        assertThat(stages.after(change("item"))).isEqualTo("stage_1");
        stages.after(change("price"));
        stages.after(change("item"));
        assertThat(stages.current()).isEqualTo("stage_3");
        assertThat(stages.having(List.of("time"))).isEqualTo("stage_0");
        assertThat(stages.having(List.of("price", "time"))).isEqualTo("stage_2");
        assertThat(stages.having(List.of("price", "item"))).isEqualTo("stage_3");
    }

    @Test
    void readsNoRowsThatAreGoneAndNoNamesThatWere() {
        stages.after(change("item"));
        stages.after(new Step.Where(Expr.literal(1L), Step.Scope.EVERYWHERE));
        assertThat(stages.having(List.of("time"))).isEqualTo("stage_2");
        stages.after(change("price"));
        stages.after(new Step.Rename(Map.of("price", "cost")));
        assertThat(stages.having(List.of("cost"))).isEqualTo("stage_4");
    }

    @Test
    void readsAllRowsOfNowWhereNoColumnIsAskedFor() {
        stages.after(change("item"));
        assertThat(stages.having(List.of())).isEqualTo("stage_1");
    }
}

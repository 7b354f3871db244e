package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DivergenceException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NextItemRanksTest {
    private static final int LARGEST_ITEM = 12;
    private static final int POSITIONS = 10;

    private final SessionModel model = SessionModel.create(config(POSITIONS), schema(), 5);

    @AfterEach
    void free() {
        model.release();
    }

    private static Schema schema() {
        return Schema.of(ColumnSchema.categorical("item_id", LARGEST_ITEM)
                .withTags(Tag.ITEM_ID)
                .withShape(ColumnShape.ragged()));
    }

    private static ModelConfig config(int positions) {
        ModelConfig usual = ModelConfig.defaults();
        return new ModelConfig(
                usual.input(), usual.masking(), TransformerSettings.of("gpt2", 8, 2, 1, positions), usual.head());
    }

    @Test
    void lookAtFewPrefixesAtATime() {
        SequenceBatch batch = SequenceBatch.of("item_id", new long[][] {{3, 4, 5}, {6}, {7, 8, 9, 10}});
        List<List<Long>> parts = Prefixes.parts(batch, 2)
                .map(part -> Arrays.stream(part.longs("item_id")).boxed().toList())
                .toList();
        assertThat(parts)
                .containsExactly(List.of(3L, 4L, 3L, 4L, 5L), List.of(7L, 8L, 7L, 8L, 9L), List.of(7L, 8L, 9L, 10L));
    }

    @Test
    void areThoseOfThePrefixesOfSessionsLongerThanTheModelSees() {
        SplittableRandom random = new SplittableRandom(3);
        long[][] sessions = IntStream.range(0, 3)
                .mapToObj(i -> random.longs(400, 3, LARGEST_ITEM + 1).toArray())
                .toArray(long[][]::new);
        int[] ranks = model.ranks(SequenceBatch.of("item_id", sessions), true, Exclusion.NONE, model.exactRanker());
        List<Integer> oneByOne = new ArrayList<>();
        for (long[] session : sessions) {
            for (int length = 2; length <= session.length; length++) {
                SequenceBatch prefix = SequenceBatch.of("item_id", new long[][] {Arrays.copyOf(session, length)});
                oneByOne.add(model.ranks(prefix, false, Exclusion.NONE, model.exactRanker())[0]);
            }
        }
        assertThat(ranks).containsExactly(oneByOne.stream().mapToInt(i -> i).toArray());
    }

    @Test
    void areBehindEveryPlaceForATargetThatIsLeftOut() {
        SequenceBatch again = SequenceBatch.of("item_id", new long[][] {{3, 4, 3}});
        assertThat(model.ranks(again, false, Exclusion.SEEN, model.exactRanker()))
                .as("no metric finds it within the whole catalogue")
                .containsExactly(ItemRanker.LAST);
    }

    @Test
    void areRefusedWhereTrainingHasDiverged() {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            model.itemTable().value().fillInPlace(Float.NaN);
        }
        assertThatThrownBy(() -> model.ranks(
                        SequenceBatch.of("item_id", new long[][] {{3, 4}}), false, Exclusion.NONE, model.exactRanker()))
                .isInstanceOf(DivergenceException.class)
                .hasMessageContaining("score of item id 4 is no number")
                .hasMessageContaining("training.learningRate");
    }

    @Test
    void needRoomForAnEventAndTheItemThatComesNext() {
        assertThatThrownBy(() -> SessionModel.create(config(1), schema(), 5))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("model.transformer.totalSeqLength: 1 (expected: >= 2");
    }
}

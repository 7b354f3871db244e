package io.t4rec.model.input;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.model.masking.Mode;
import io.t4rec.nn.Pass;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.DType;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Tensor;
import java.util.Map;
import java.util.SplittableRandom;

/** Columns and a batch to test inputs on: two sessions, of three events and one. */
final class Inputs {
    static final ColumnSchema ITEM = ColumnSchema.categorical("item_id", 30)
            .withShape(ColumnShape.ragged())
            .withTags(Tag.ITEM, Tag.ID, Tag.LIST);
    static final ColumnSchema LAST = ColumnSchema.categorical("last_item", 30).withShape(ColumnShape.ragged());
    static final ColumnSchema KIND = ColumnSchema.categorical("kind", 5).withShape(ColumnShape.ragged());
    static final ColumnSchema PRICE =
            ColumnSchema.ragged("price", DType.FLOAT32).withTags(Tag.CONTINUOUS);
    static final ColumnSchema COUNTRY = ColumnSchema.categorical("country", 7);
    static final ColumnSchema AGE = ColumnSchema.continuous("age");

    private Inputs() {}

    static SequenceBatch batch() {
        return new SequenceBatch(
                new int[] {0, 3, 4},
                Map.of(
                        "item_id", new long[] {3, 4, 5, 9},
                        "last_item", new long[] {1, 3, 4, 1},
                        "kind", new long[] {1, 2, 3, 4}),
                Map.of("price", new float[] {0.5f, -1, 2, 0}),
                Map.of("country", new long[] {6, 2}),
                Map.of("age", new float[] {1.5f, -0.5f}));
    }

    static MaskedSequences masked(SequenceBatch batch) {
        return new CausalMasking(false)
                .apply(batch.longs("item_id"), batch.offsets(), Mode.INFER, new SplittableRandom(1));
    }

    /** {@code [2, 3, width]}. */
    static Tensor forward(SequenceInput input, Pass pass) {
        SequenceBatch batch = batch();
        return input.forward(batch, masked(batch), 0, 2, pass, Device.CPU);
    }
}

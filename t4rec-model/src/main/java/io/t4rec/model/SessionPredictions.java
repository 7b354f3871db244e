package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.etl.Vocabulary;
import io.t4rec.model.task.TaskHeads;
import io.t4rec.model.task.TaskOutput;
import io.t4rec.model.task.TaskValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What the tasks of a bundle's model predict for sequences, told in the words of the events. */
final class SessionPredictions {
    private SessionPredictions() {}

    /**
     * Predictions of each row, in order.
     *
     * @param batch rows of at least one event, no longer than the body takes
     * @param session raw id of a row
     */
    static List<Prediction> of(Bundle bundle, SequenceBatch batch, IntFunction<Object> session) {
        TaskHeads heads = bundle.model().heads();
        List<double[]> predictions = bundle.model().predictions(batch, false);
        List<Prediction> all = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            if (batch.length(row) == 0) {
                throw new IllegalArgumentException("session " + row + ": no event (expected: at least one)");
            }
            Map<String, Prediction.Task> tasks = new LinkedHashMap<>();
            for (int task = 0; task < predictions.size(); task++) {
                TaskOutput output = heads.output(task);
                LongFunction<Object> raw = raw(bundle, heads.target(task).name());
                boolean perEvent = heads.isPerEvent(task);
                int from = perEvent ? batch.offsets()[row] : row;
                int to = perEvent ? batch.offsets()[row + 1] : row + 1;
                List<TaskValue> values = new ArrayList<>();
                for (int at = from; at < to; at++) {
                    values.add(output.value(predictions.get(task), at, raw));
                }
                tasks.put(heads.names().get(task), new Prediction.Task(perEvent, values));
            }
            all.add(new Prediction(session.apply(row), tasks));
        }
        return all;
    }

    /** A class as it stands in the events: its raw value where the workflow made ids, else the integer itself. */
    private static LongFunction<Object> raw(Bundle bundle, String target) {
        @Nullable Vocabulary vocabulary = bundle.workflow().findVocabulary(target);
        return vocabulary == null ? id -> (Object) id : id -> Objects.requireNonNullElse(vocabulary.value(id), id);
    }
}

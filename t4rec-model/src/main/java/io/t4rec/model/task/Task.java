package io.t4rec.model.task;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.t4rec.schema.ConfigException;
import org.jspecify.annotations.Nullable;

/** Something that a model learns to predict, as settings. In YAML its kind is the key {@code task}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task")
@JsonSubTypes({
    @JsonSubTypes.Type(value = NextItemTask.class, name = "next-item"),
    @JsonSubTypes.Type(value = BinaryTask.class, name = "binary-classification"),
    @JsonSubTypes.Type(value = RegressionTask.class, name = "regression"),
    @JsonSubTypes.Type(value = MultiClassTask.class, name = "multi-class-classification")
})
public sealed interface Task permits NextItemTask, TargetTask {
    /** What its metrics and predictions are called; unique in a model. */
    String name();

    /** Its share of the loss, above 0. */
    Double weight();

    /** A weight, or 1 where there is none. */
    static Double weight(String what, @Nullable Double given) {
        double weight = given == null ? 1 : given;
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new ConfigException(what + ": " + given + " (expected: finite and > 0)");
        }
        return weight;
    }
}

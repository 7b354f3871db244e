package io.t4rec.model.task;

/**
 * The next item of a session; {@code model.masking} says how it is learned and {@code model.head} how it is scored. A model has this
 * task once at most.
 *
 * @param weight its share of the loss, above 0; default 1
 */
public record NextItemTask(Double weight) implements Task {
    private static final String NAME = "next-item";

    /** @throws io.t4rec.schema.ConfigException for a weight that is not above 0 */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public NextItemTask {
        weight = Task.weight("next-item: weight", weight);
    }

    @Override
    public String name() {
        return NAME;
    }
}

package io.t4rec.model.task;

import java.util.Map;

/** What a task predicts for one session or one event. */
public sealed interface TaskValue {
    /** As a plain value: a number, or numbers by class. */
    Object plain();

    /** Whether it says something: no number in it is not-a-number. */
    boolean isKnown();

    /**
     * How likely yes is.
     *
     * @param yes from 0 to 1
     */
    record Probability(double yes) implements TaskValue {
        @Override
        public Object plain() {
            return yes;
        }

        @Override
        public boolean isKnown() {
            return !Double.isNaN(yes);
        }
    }

    /** A predicted number. */
    record Value(double value) implements TaskValue {
        @Override
        public Object plain() {
            return value;
        }

        @Override
        public boolean isKnown() {
            return !Double.isNaN(value);
        }
    }

    /**
     * How likely each class is.
     *
     * @param probabilities by class, as it stands in the events: a text or an integer; they sum to 1
     */
    record Classes(Map<Object, Double> probabilities) implements TaskValue {
        @Override
        public Object plain() {
            return probabilities;
        }

        @Override
        public boolean isKnown() {
            return probabilities.values().stream().noneMatch(p -> Double.isNaN(p));
        }
    }
}

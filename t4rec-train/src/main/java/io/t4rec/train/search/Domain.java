package io.t4rec.train.search;

import io.t4rec.schema.ConfigException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/**
 * The values that one setting may take. Numbers have a place between 0 and 1 on a scale on which all places are as likely.
 */
public sealed interface Domain {
    /**
     * The value at a place.
     *
     * @param place from 0 to 1
     */
    Object at(double place);

    /** A domain whose values have an order. */
    sealed interface Ordered extends Domain {
        /** Where a value lies, from 0 to 1. */
        double place(Number value);
    }

    /**
     * Real numbers, evenly; rounded to four significant digits.
     *
     * @param high above {@code low}
     */
    record Uniform(double low, double high) implements Ordered {
        /** @throws ConfigException for bounds that are no numbers or in the wrong order */
        public Uniform {
            check("uniform", low, high, Double.NEGATIVE_INFINITY);
        }

        @Override
        public Object at(double place) {
            return rounded(low + place * (high - low), low, high);
        }

        @Override
        public double place(Number value) {
            return (value.doubleValue() - low) / (high - low);
        }
    }

    /**
     * Positive numbers, each power of ten as likely as another; rounded to four significant digits.
     *
     * @param low above 0
     * @param high above {@code low}
     */
    record LogUniform(double low, double high) implements Ordered {
        /** @throws ConfigException for bounds that are not positive or in the wrong order */
        public LogUniform {
            check("logUniform", low, high, 0);
        }

        @Override
        public Object at(double place) {
            return rounded(low * Math.pow(high / low, place), low, high);
        }

        @Override
        public double place(Number value) {
            return Math.log(value.doubleValue() / low) / Math.log(high / low);
        }
    }

    /**
     * Whole numbers, each as likely.
     *
     * @param high at least {@code low}; both are included
     */
    record Integers(long low, long high) implements Ordered {
        /** @throws ConfigException for bounds in the wrong order */
        public Integers {
            if (low > high) {
                throw new ConfigException("integer: [" + low + ", " + high + "] (expected: low, then high)");
            }
        }

        @Override
        public Object at(double place) {
            return Math.min(high, low + (long) Math.floor(place * (high - low + 1)));
        }

        @Override
        public double place(Number value) {
            return (value.longValue() - low + 0.5) / (high - low + 1);
        }
    }

    /**
     * Given values, each as likely.
     *
     * @param values at least one, no two equal
     */
    record Choice(List<Object> values) implements Domain {
        /** @throws ConfigException for no value, or one that occurs twice */
        public Choice {
            values = List.copyOf(values);
            if (values.isEmpty() || values.stream().distinct().count() < values.size()) {
                throw new ConfigException("choice: " + values + " (expected: one value or more, each once)");
            }
        }

        @Override
        public Object at(double place) {
            return values.get(Math.min(values.size() - 1, (int) (place * values.size())));
        }
    }

    private static void check(String kind, double low, double high, double above) {
        if (!(low > above && low < high && high < Double.POSITIVE_INFINITY)) {
            throw new ConfigException(kind + ": [" + low + ", " + high + "] (expected: low, then high"
                    + (above == 0 ? ", both above 0)" : ")"));
        }
    }

    /** So that a value reads the same in logs, files and reports. */
    private static double rounded(double value, double low, double high) {
        double rounded = new BigDecimal(value).round(new MathContext(4)).doubleValue();
        return Math.max(low, Math.min(high, rounded));
    }
}

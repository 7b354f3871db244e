package io.t4rec.spark;

import io.t4rec.schema.DataException;
import io.t4rec.schema.T4RecException;
import org.apache.spark.SparkThrowable;

/** Tells failures of Spark's jobs in one line: the first cause, without the tasks and stages around it. */
final class SparkFailures {
    private SparkFailures() {}

    /** Some work that Spark does. */
    @FunctionalInterface
    interface Work<T, E extends Exception> {
        /** Does it; Spark throws what it doesn't declare. */
        T run() throws E;
    }

    /**
     * Does some work.
     *
     * @param events what it reads, for messages
     * @param runner of its steps, which knows where integers may come out too large
     * @throws DataException when Spark fails
     */
    static <T, E extends Exception> T naming(String events, SparkRunner runner, Work<T, E> work) throws E {
        try {
            return work.run();
        } catch (Exception e) {
            Throwable cause = e;
            boolean ofSpark = e instanceof SparkThrowable;
            while (cause.getCause() != null) {
                cause = cause.getCause();
                ofSpark |= cause instanceof SparkThrowable;
            }
            if (!ofSpark || e instanceof T4RecException) {
                throw e;
            }
            throw new DataException(events + ": " + described(cause, runner), e);
        }
    }

    private static String described(Throwable cause, SparkRunner runner) {
        if (cause instanceof ArithmeticException) {
            return "an integer beyond its type (expected: " + runner.integers() + ")";
        }
        return firstLine(cause).contains(SparkDialect.BEYOND_FLOATS)
                ? SparkDialect.BEYOND_FLOATS + " (expected: " + runner.floats() + ")"
                : "Spark failed (" + firstLine(cause) + ")";
    }

    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}

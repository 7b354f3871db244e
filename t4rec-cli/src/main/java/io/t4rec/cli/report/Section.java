package io.t4rec.cli.report;

import java.util.List;
import java.util.Map;

/** One part of a report: a heading and what stands under it. */
public sealed interface Section {
    String heading();

    /** Names and values, one a row: statistics of the data, settings, provenance. */
    record Facts(String heading, Map<String, String> facts) implements Section {}

    /** Curves over a common axis. */
    record Curves(String heading, String xLabel, List<Curve> curves) implements Section {}

    /**
     * One curve.
     *
     * @param x positions, rising
     * @param y values, as many as {@code x}; not-a-number leaves a gap
     */
    record Curve(String name, double[] x, double[] y) {
        /** @throws IllegalArgumentException when the two differ in length */
        public Curve {
            if (x.length != y.length) {
                throw new IllegalArgumentException(
                        "curve " + name + ": " + y.length + " values (expected: " + x.length + ")");
            }
        }
    }

    /** Figures of several candidates side by side, with intervals; the best of each row stands out. */
    record Comparison(String heading, String note, List<String> candidates, List<Row> rows) implements Section {}

    /** One row of a comparison: a metric or a segment, with one figure a candidate. */
    record Row(String name, List<Figure> figures) {}

    /** A figure with its interval; equal bounds mean that none is known. */
    record Figure(double value, double low, double high) {
        /** A figure without an interval. */
        public static Figure of(double value) {
            return new Figure(value, value, value);
        }

        boolean hasInterval() {
            return low < high;
        }
    }

    /** What some sessions saw and what would be shown to them. */
    record Sessions(String heading, List<Sample> samples) implements Section {}

    /**
     * One session.
     *
     * @param events raw item ids, oldest first
     * @param target the item that came next, or empty when unknown
     * @param recommendations raw item ids, best first
     */
    record Sample(List<String> events, String target, List<String> recommendations) {}
}

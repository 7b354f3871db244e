package io.t4rec.cli.report;

import java.util.List;

/** A drawing with axes and a legend. */
public sealed interface Chart {
    String title();

    String xLabel();

    String yLabel();

    /**
     * Curves over a common axis.
     *
     * @param curves at most six, so that they can be told apart
     */
    record Lines(String title, String xLabel, String yLabel, List<Curve> curves) implements Chart {}

    /**
     * Points that no line joins.
     *
     * @param groups at most six, each in a colour of its own
     */
    record Points(String title, String xLabel, String yLabel, List<Curve> groups) implements Chart {}

    /**
     * One curve, or one group of points.
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

    /**
     * Groups of bars from zero, one bar of each series in every group, with whiskers where an interval is known.
     *
     * @param groups names along the axis
     * @param series at most six
     */
    record Bars(String title, String xLabel, String yLabel, List<String> groups, List<Series> series)
            implements Chart {}

    /**
     * Groups of bars that lie, for names too long to stand under one another.
     *
     * @param label of the axis
     * @param names of the groups, from top to bottom
     * @param series at most six
     */
    record Rows(String title, String label, List<String> names, List<Series> series) implements Chart {
        @Override
        public String xLabel() {
            return label;
        }

        @Override
        public String yLabel() {
            return "";
        }
    }

    /** One bar a group, in the order of the groups. */
    record Series(String name, List<Section.Figure> figures) {}
}

package io.t4rec.cli.report;

/** The frame of a chart: where values lie on the drawing, the grid of the vertical axis, and the labels of both. */
final class Plot {
    static final int WIDTH = 480;
    static final int HEIGHT = 270;
    static final int LEFT = 46;
    static final int RIGHT = 14;
    static final int TOP = 26;
    static final int BOTTOM = 44;
    private static final int TICKS = 5;
    private static final int X_TICKS = 6;

    private final Svg svg;
    private final Scale y;

    Plot(Chart chart, Scale values) {
        this.svg = new Svg(WIDTH, HEIGHT, chart.title());
        this.y = values.rounded(TICKS);
        for (double tick : y.ticks(TICKS)) {
            svg.line(tick == y.low() ? "axis" : "rule", LEFT, py(tick), WIDTH - RIGHT, py(tick));
            svg.text("end", LEFT - 6, py(tick) + 4, Scale.label(tick));
        }
        svg.text("start", 2, 12, chart.yLabel());
        svg.text("middle", LEFT + span() / 2, HEIGHT - 6, chart.xLabel());
    }

    Svg svg() {
        return svg;
    }

    /** Length of the horizontal axis. */
    static double span() {
        return WIDTH - LEFT - RIGHT;
    }

    /**
     * Labels a horizontal axis of numbers.
     *
     * @param whole whether only whole numbers are labelled
     */
    void labelAxis(Scale x, boolean whole) {
        for (double tick : x.ticks(X_TICKS)) {
            if (!whole || tick == Math.rint(tick)) {
                svg.text("middle", px(x, tick), labelBaseline(), Scale.label(tick));
            }
        }
    }

    static double px(Scale x, double value) {
        return LEFT + x.share(value) * span();
    }

    double py(double value) {
        return HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM);
    }

    /** Baseline of the labels under the horizontal axis. */
    static double labelBaseline() {
        return HEIGHT - BOTTOM + 16;
    }

    /** Class of the colour of a series. */
    static String colour(int series) {
        return "s" + (series % 6 + 1);
    }
}

package io.t4rec.cli.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/** Draws curves; a point for each value where there are few. */
final class LineChart {
    private static final int MOST_POINTS = 40;

    private LineChart() {}

    static String draw(Chart.Lines chart) {
        Scale x = Scale.of(values(chart, Chart.Curve::x));
        Plot plot = new Plot(chart, Scale.of(values(chart, Chart.Curve::y)));
        plot.labelAxis(x, Arrays.stream(values(chart, Chart.Curve::x)).allMatch(value -> value == Math.rint(value)));
        for (int i = 0; i < chart.curves().size(); i++) {
            curve(plot, x, chart.curves().get(i), "curve " + Plot.colour(i));
        }
        return plot.svg().end();
    }

    private static double[] values(Chart.Lines chart, Function<Chart.Curve, double[]> axis) {
        return chart.curves().stream()
                .map(axis)
                .flatMapToDouble(DoubleStream::of)
                .toArray();
    }

    private static void curve(Plot plot, Scale x, Chart.Curve curve, String style) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < curve.x().length; i++) {
            boolean drawn = Double.isFinite(curve.y()[i]);
            if (drawn) {
                path.append(pen ? "L" : "M");
                path.append(String.format(Locale.ROOT, "%.1f %.1f", Plot.px(x, curve.x()[i]), plot.py(curve.y()[i])));
            }
            pen = drawn;
        }
        plot.svg().path(style, path.toString());
        for (int i = 0; curve.x().length <= MOST_POINTS && i < curve.x().length; i++) {
            if (Double.isFinite(curve.y()[i])) {
                String tip = curve.name() + ", " + Scale.label(curve.x()[i]) + ": " + Scale.label(curve.y()[i]);
                plot.svg().circle(style, Plot.px(x, curve.x()[i]), plot.py(curve.y()[i]), tip);
            }
        }
    }
}

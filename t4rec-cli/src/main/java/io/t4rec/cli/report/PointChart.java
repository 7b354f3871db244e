package io.t4rec.cli.report;

import java.util.Arrays;
import java.util.function.Function;

/** Draws points, each with its figures as a tip. */
final class PointChart {
    private PointChart() {}

    static String draw(Chart.Points chart) {
        double[] places = values(chart, Chart.Curve::x);
        Scale x = Scale.of(places);
        Plot plot = new Plot(chart, Scale.of(values(chart, Chart.Curve::y)));
        plot.labelAxis(x, Arrays.stream(places).allMatch(value -> value == Math.rint(value)));
        for (int i = 0; i < chart.groups().size(); i++) {
            Chart.Curve group = chart.groups().get(i);
            for (int j = 0; j < group.x().length; j++) {
                if (Double.isFinite(group.x()[j]) && Double.isFinite(group.y()[j])) {
                    String tip = group.name() + ", " + Scale.label(group.x()[j]) + ": " + Scale.label(group.y()[j]);
                    plot.svg().circle("curve " + Plot.colour(i), Plot.px(x, group.x()[j]), plot.py(group.y()[j]), tip);
                }
            }
        }
        return plot.svg().end();
    }

    private static double[] values(Chart.Points chart, Function<Chart.Curve, double[]> axis) {
        return chart.groups().stream().map(axis).flatMapToDouble(Arrays::stream).toArray();
    }
}

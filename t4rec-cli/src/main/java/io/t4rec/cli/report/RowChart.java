package io.t4rec.cli.report;

import java.util.stream.DoubleStream;

/** Draws bars that lie, each group beside its name. */
final class RowChart {
    private static final int NAMES = 168;
    private static final double BAR = 11;
    private static final double GAP = 7;
    private static final int TICKS = 5;

    private RowChart() {}

    static String draw(Chart.Rows chart) {
        double[] tops = chart.series().stream()
                .flatMap(series -> series.figures().stream())
                .flatMapToDouble(figure -> DoubleStream.of(figure.value()))
                .toArray();
        Scale x = Scale.fromZero(tops).rounded(TICKS);
        double group = chart.series().size() * BAR + GAP;
        double bottom = chart.names().size() * group + GAP;
        Svg svg = new Svg(Plot.WIDTH, (int) Math.ceil(bottom) + Plot.BOTTOM, chart.title());
        for (double tick : x.ticks(TICKS)) {
            svg.line(tick == 0 ? "axis" : "rule", px(x, tick), 0, px(x, tick), bottom);
            svg.text("middle", px(x, tick), bottom + 16, Scale.label(tick));
        }
        svg.text("middle", (NAMES + Plot.WIDTH - Plot.RIGHT) / 2.0, bottom + Plot.BOTTOM - 6, chart.label());
        for (int i = 0; i < chart.names().size(); i++) {
            double top = GAP + i * group;
            svg.text(
                    "end", NAMES - 6, top + (group - GAP) / 2 + 4, chart.names().get(i));
            group(svg, chart, x, i, top);
        }
        return svg.end();
    }

    private static void group(Svg svg, Chart.Rows chart, Scale x, int place, double top) {
        for (int i = 0; i < chart.series().size(); i++) {
            Chart.Series series = chart.series().get(i);
            double value = series.figures().get(place).value();
            if (Double.isFinite(value)) {
                String tip = chart.names().get(place) + ", " + series.name() + ": " + Scale.label(value);
                double width = px(x, value) - NAMES;
                svg.rect("bar " + Plot.colour(i), NAMES, top + i * BAR, width, BAR * 0.92, tip);
            }
        }
    }

    private static double px(Scale x, double value) {
        return NAMES + x.share(value) * (Plot.WIDTH - Plot.RIGHT - NAMES);
    }
}

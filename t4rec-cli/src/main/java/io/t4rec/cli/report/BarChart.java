package io.t4rec.cli.report;

import java.util.stream.DoubleStream;

/** Draws groups of bars with whiskers. */
final class BarChart {
    private static final double GAP = 0.22;
    private static final double WHISKER = 3;
    /** Room that a label takes, so that labels which would overlap are left out. */
    private static final double LETTER = 6.5;

    private BarChart() {}

    static String draw(Chart.Bars chart) {
        double[] tops = chart.series().stream()
                .flatMap(series -> series.figures().stream())
                .flatMapToDouble(figure -> DoubleStream.of(figure.value(), figure.high()))
                .toArray();
        Plot plot = new Plot(chart, Scale.fromZero(tops));
        int groups = Math.max(1, chart.groups().size());
        double room = Plot.span() / groups;
        double widest = chart.groups().stream().mapToInt(String::length).max().orElse(1) * LETTER + 4;
        int every = (int) Math.max(1, Math.ceil(widest / room));
        for (int group = 0; group < chart.groups().size(); group++) {
            double left = Plot.LEFT + group * room;
            if (group % every == 0) {
                plot.svg()
                        .text(
                                "middle",
                                left + room / 2,
                                Plot.labelBaseline(),
                                chart.groups().get(group));
            }
            group(plot, chart, group, left + room * GAP / 2, room * (1 - GAP));
        }
        return plot.svg().end();
    }

    private static void group(Plot plot, Chart.Bars chart, int group, double left, double room) {
        double width = room / chart.series().size();
        for (int i = 0; i < chart.series().size(); i++) {
            Chart.Series series = chart.series().get(i);
            Section.Figure figure = series.figures().get(group);
            if (Double.isFinite(figure.value())) {
                double x = left + i * width;
                double y = plot.py(figure.value());
                String tip = chart.groups().get(group) + ", " + series.name() + ": " + Scale.label(figure.value());
                plot.svg().rect("bar " + Plot.colour(i), x, y, width * 0.92, plot.py(0) - y, tip);
                whisker(plot, x + width * 0.46, figure);
            }
        }
    }

    private static void whisker(Plot plot, double x, Section.Figure figure) {
        if (figure.hasInterval()) {
            double low = plot.py(figure.low());
            double high = plot.py(figure.high());
            plot.svg().line("whisker", x, low, x, high);
            plot.svg().line("whisker", x - WHISKER, low, x + WHISKER, low);
            plot.svg().line("whisker", x - WHISKER, high, x + WHISKER, high);
        }
    }
}

package io.t4rec.cli.report;

import java.util.List;
import java.util.Locale;

/** Draws curves as inline SVG: axes with round steps, a legend, a point for each value. */
final class LineChart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 56;
    private static final int RIGHT = 150;
    private static final int TOP = 12;
    private static final int BOTTOM = 36;
    private static final int TICKS = 5;
    private static final String[] COLOURS = {"#2563a8", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#0e7490", "#be123c"
    };

    private final Range x;
    private final Range y;
    private final StringBuilder svg = new StringBuilder();

    private LineChart(Range x, Range y) {
        this.x = x;
        this.y = y;
    }

    static String draw(String label, String xLabel, List<Section.Curve> curves) {
        Range x = new Range();
        Range y = new Range();
        for (Section.Curve curve : curves) {
            x.include(curve.x());
            y.include(curve.y());
        }
        LineChart chart = new LineChart(x, y);
        chart.open(label);
        chart.axes(xLabel);
        for (int i = 0; i < curves.size(); i++) {
            chart.curve(curves.get(i), COLOURS[i % COLOURS.length], i);
        }
        return chart.svg.append("</svg>").toString();
    }

    private void open(String label) {
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                HEIGHT,
                WIDTH,
                HtmlReport.escape(label)));
    }

    private void axes(String xLabel) {
        for (double tick : y.ticks()) {
            double at = py(tick);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT,
                    WIDTH - RIGHT,
                    at,
                    at));
            text(LEFT - 6, at + 4, "end", number(tick));
        }
        for (double tick : x.ticks()) {
            text(px(tick), HEIGHT - BOTTOM + 16, "middle", number(tick));
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 4, "middle", xLabel);
    }

    private void curve(Section.Curve curve, String colour, int index) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < curve.x().length; i++) {
            if (Double.isFinite(curve.y()[i])) {
                path.append(
                        String.format(Locale.ROOT, "%s%.1f %.1f", pen ? "L" : "M", px(curve.x()[i]), py(curve.y()[i])));
                pen = true;
            } else {
                pen = false;
            }
        }
        svg.append("<path fill=\"none\" stroke-width=\"2\" stroke=\"").append(colour);
        svg.append("\" d=\"").append(path).append("\"/>");
        if (curve.x().length <= 40) {
            for (int i = 0; i < curve.x().length; i++) {
                if (Double.isFinite(curve.y()[i])) {
                    svg.append(String.format(
                            Locale.ROOT,
                            "<circle r=\"3\" cx=\"%.1f\" cy=\"%.1f\" fill=\"%s\"><title>%s: %s</title></circle>",
                            px(curve.x()[i]),
                            py(curve.y()[i]),
                            colour,
                            number(curve.x()[i]),
                            number(curve.y()[i])));
                }
            }
        }
        double at = TOP + 8 + 18.0 * index;
        int legend = WIDTH - RIGHT + 12;
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%.1f\" width=\"14\" height=\"3\" fill=\"%s\"/>",
                legend,
                at - 4,
                colour));
        text(legend + 20, at, "start", curve.name());
    }

    private void text(double at, double baseline, String anchor, String content) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                at,
                baseline,
                anchor,
                HtmlReport.escape(content)));
    }

    private double px(double value) {
        return LEFT + x.share(value) * (WIDTH - LEFT - RIGHT);
    }

    private double py(double value) {
        return HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e7) {
            return String.valueOf((long) value);
        }
        return String.format(Locale.ROOT, "%.3g", value);
    }

    private static final class Range {
        private double low = Double.POSITIVE_INFINITY;
        private double high = Double.NEGATIVE_INFINITY;

        void include(double... values) {
            for (double value : values) {
                if (Double.isFinite(value)) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }

        double share(double value) {
            return high > low ? (value - low) / (high - low) : 0.5;
        }

        double[] ticks() {
            if (!(high > low)) {
                return Double.isFinite(low) ? new double[] {low} : new double[0];
            }
            double rough = (high - low) / TICKS;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double ratio = rough / power;
            double step = power * (ratio > 5 ? 10 : ratio > 2 ? 5 : ratio > 1 ? 2 : 1);
            double first = Math.ceil(low / step) * step;
            int count = (int) Math.floor((high - first) / step + 1e-9) + 1;
            double[] ticks = new double[count];
            for (int i = 0; i < count; i++) {
                ticks[i] = first + i * step;
            }
            return ticks;
        }
    }
}

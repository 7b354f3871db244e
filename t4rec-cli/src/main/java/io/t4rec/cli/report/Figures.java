package io.t4rec.cli.report;

import static io.t4rec.cli.report.HtmlReport.escape;

import java.util.ArrayList;
import java.util.List;

/** A chart with caption and legend, and its figures as a table for those who can't see it. */
final class Figures {
    private static final int MOST_ROWS = 60;

    private Figures() {}

    static void chart(StringBuilder html, Chart chart) {
        html.append("<figure><figcaption>").append(escape(chart.title())).append("</figcaption>");
        if (chart instanceof Chart.Lines lines) {
            legend(html, lines.curves().stream().map(Chart.Curve::name).toList(), "curve");
            html.append(LineChart.draw(lines));
            Tables.curves(html, lines, MOST_ROWS);
        } else if (chart instanceof Chart.Points points) {
            legend(html, points.groups().stream().map(Chart.Curve::name).toList(), "curve");
            html.append(PointChart.draw(points));
        } else if (chart instanceof Chart.Bars bars) {
            legend(html, bars.series().stream().map(Chart.Series::name).toList(), "bar");
            html.append(BarChart.draw(bars));
        } else if (chart instanceof Chart.Rows rows) {
            legend(html, rows.series().stream().map(Chart.Series::name).toList(), "bar");
            html.append(RowChart.draw(rows));
        }
        html.append("</figure>\n");
    }

    private static void legend(StringBuilder html, List<String> names, String shape) {
        html.append("<ul class=\"legend\">");
        for (int i = 0; i < names.size(); i++) {
            String style = shape + " " + Plot.colour(i);
            html.append("<li><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\">");
            html.append(
                    shape.equals("bar")
                            ? "<rect class=\"" + style + "\" x=\"8\" width=\"12\" height=\"12\"/>"
                            : "<path class=\"" + style + "\" d=\"M0 6H28\"/>");
            html.append("</svg>").append(escape(names.get(i))).append("</li>");
        }
        html.append("</ul>");
    }

    /** The bars of a comparison. */
    static Chart.Bars bars(Section.Comparison comparison) {
        List<Chart.Series> series = new ArrayList<>();
        for (int i = 0; i < comparison.candidates().size(); i++) {
            int candidate = i;
            series.add(new Chart.Series(
                    comparison.candidates().get(i),
                    comparison.rows().stream()
                            .map(row -> row.figures().get(candidate))
                            .toList()));
        }
        List<String> groups = comparison.rows().stream().map(Section.Row::name).toList();
        return new Chart.Bars(comparison.caption(), comparison.rowLabel(), "", groups, series);
    }
}

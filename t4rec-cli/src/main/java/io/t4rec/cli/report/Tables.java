package io.t4rec.cli.report;

import static io.t4rec.cli.report.HtmlReport.escape;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Writes tables with captions and headings of rows and columns; wide ones scroll by themselves. */
final class Tables {
    private Tables() {}

    static void facts(StringBuilder html, Section.Facts facts) {
        open(html, facts.heading());
        head(html, "", facts.columns());
        for (Section.Fact fact : facts.rows()) {
            html.append(fact.notable() ? "<tr class=\"notable\">" : "<tr>").append(rowHeading(fact.name()));
            fact.values()
                    .forEach(value -> html.append("<td>").append(escape(value)).append("</td>"));
            html.append("</tr>");
        }
        close(html);
    }

    static void comparison(StringBuilder html, Section.Comparison comparison) {
        open(html, comparison.caption());
        List<String> columns = IntStream.rangeClosed(0, comparison.candidates().size())
                .mapToObj(i -> i == 0 ? "cases" : comparison.candidates().get(i - 1))
                .toList();
        head(html, comparison.rowLabel(), columns);
        for (Section.Row row : comparison.rows()) {
            html.append("<tr>").append(rowHeading(row.name()));
            html.append("<td>").append(count(row.cases())).append("</td>");
            double best = row.figures().stream()
                    .mapToDouble(Section.Figure::value)
                    .filter(Double::isFinite)
                    .max()
                    .orElse(Double.NaN);
            for (Section.Figure figure : row.figures()) {
                html.append(figure.value() == best && row.figures().size() > 1 ? "<td class=\"best\">" : "<td>");
                html.append(figure(figure)).append("</td>");
            }
            html.append("</tr>");
        }
        close(html);
    }

    private static String figure(Section.Figure figure) {
        if (!Double.isFinite(figure.value())) {
            return "–";
        }
        String value = String.format(Locale.ROOT, "%.4f", figure.value());
        return figure.hasInterval()
                ? value
                        + String.format(
                                Locale.ROOT, "<span class=\"interval\">%.3f–%.3f</span>", figure.low(), figure.high())
                : value;
    }

    /** The figures of curves over the same positions, folded up; left out when there are too many to read. */
    static void curves(StringBuilder html, Chart.Lines lines, int most) {
        List<Chart.Curve> curves = lines.curves().stream()
                .filter(curve -> curve.x().length <= most)
                .toList();
        if (curves.isEmpty()) {
            return;
        }
        double[] positions = curves.stream()
                .flatMapToDouble(curve -> Arrays.stream(curve.x()))
                .distinct()
                .sorted()
                .toArray();
        html.append("<details><summary>Figures</summary>");
        open(html, lines.title());
        head(html, lines.xLabel(), curves.stream().map(Chart.Curve::name).toList());
        for (double position : positions) {
            html.append("<tr>").append(rowHeading(Scale.label(position)));
            for (Chart.Curve curve : curves) {
                double value = at(curve, position);
                html.append("<td>")
                        .append(Double.isFinite(value) ? Scale.label(value) : "–")
                        .append("</td>");
            }
            html.append("</tr>");
        }
        close(html);
        html.append("</details>");
    }

    private static double at(Chart.Curve curve, double position) {
        return IntStream.range(0, curve.x().length)
                .filter(i -> curve.x()[i] == position)
                .mapToDouble(i -> curve.y()[i])
                .findFirst()
                .orElse(Double.NaN);
    }

    private static void open(StringBuilder html, String caption) {
        String name = escape(caption);
        html.append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")
                .append(name)
                .append("\">");
        html.append("<table><caption class=\"hidden\">").append(name).append("</caption>");
    }

    private static void head(StringBuilder html, String corner, List<String> columns) {
        if (columns.isEmpty()) {
            html.append("<tbody>");
            return;
        }
        html.append("<thead><tr>");
        html.append(corner.isEmpty() ? "<td></td>" : "<th scope=\"col\">" + escape(corner) + "</th>");
        columns.forEach(column ->
                html.append("<th scope=\"col\">").append(escape(column)).append("</th>"));
        html.append("</tr></thead><tbody>");
    }

    private static String rowHeading(String name) {
        return "<th scope=\"row\">" + escape(name) + "</th>";
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static void close(StringBuilder html) {
        html.append("</tbody></table></div>\n");
    }
}

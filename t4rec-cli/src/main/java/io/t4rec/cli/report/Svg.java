package io.t4rec.cli.report;

import java.util.Locale;

/** Writes inline SVG. Colours come from classes of the page's style, so that drawings follow light and dark mode. */
final class Svg {
    private final StringBuilder out = new StringBuilder();

    Svg(int width, int height, String title) {
        out.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                width,
                height,
                HtmlReport.escape(title)));
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        out.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                style,
                x1,
                y1,
                x2,
                y2));
    }

    void rect(String style, double x, double y, double width, double height, String tip) {
        out.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
                style,
                x,
                y,
                width,
                height));
        out.append("<title>").append(HtmlReport.escape(tip)).append("</title></rect>");
    }

    void circle(String style, double x, double y, String tip) {
        out.append(String.format(Locale.ROOT, "<circle class=\"%s\" r=\"3\" cx=\"%.1f\" cy=\"%.1f\">", style, x, y));
        out.append("<title>").append(HtmlReport.escape(tip)).append("</title></circle>");
    }

    void path(String style, String data) {
        out.append("<path class=\"")
                .append(style)
                .append("\" d=\"")
                .append(data)
                .append("\"/>");
    }

    void text(String anchor, double x, double baseline, String content) {
        out.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, baseline, anchor));
        out.append(HtmlReport.escape(content)).append("</text>");
    }

    String end() {
        return out.append("</svg>").toString();
    }
}

package io.t4rec.cli.report;

import java.util.List;
import java.util.Locale;

/** Turns sections into one self-contained HTML page. All text is escaped: item ids and column names come from users' data. */
public final class HtmlReport {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1f2933; --soft: #5b6770; --line: #d9dee3; --back: #fff; --band: #f5f7f9; --best: #15803d; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e6e9ec; --soft: #9aa5b1; --line: #3b454e; --back: #14191e; --band: #1c2329; --best: #4ade80; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
            .note, .interval { color: var(--soft); font-size: 0.85em; }
            table { border-collapse: collapse; } td, th { padding: 0.3rem 0.9rem 0.3rem 0; text-align: right; border-bottom: 1px solid var(--line); }
            td:first-child, th:first-child { text-align: left; } tbody tr:nth-child(even) { background: var(--band); }
            .best { color: var(--best); font-weight: 600; }
            svg { max-width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--soft); } .grid { stroke: var(--line); }
            .session { margin: 0.8rem 0; } .item { display: inline-block; border: 1px solid var(--line); border-radius: 4px; padding: 0 0.4rem; margin: 0.1rem; }
            .hit { border-color: var(--best); color: var(--best); font-weight: 600; }
            """;

    private HtmlReport() {}

    /**
     * Renders a page.
     *
     * @param title heading of the page
     * @param subtitle one line under it: when, from what
     */
    public static String render(String title, String subtitle, List<Section> sections) {
        StringBuilder html = new StringBuilder();
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.append("<title>").append(escape(title)).append("</title><style>\n").append(STYLE);
        html.append("</style></head><body>\n<h1>").append(escape(title)).append("</h1>\n");
        html.append("<p class=\"note\">").append(escape(subtitle)).append("</p>\n");
        for (Section section : sections) {
            html.append("<section><h2>").append(escape(section.heading())).append("</h2>\n");
            body(html, section);
            html.append("</section>\n");
        }
        return html.append("</body></html>\n").toString();
    }

    private static void body(StringBuilder html, Section section) {
        if (section instanceof Section.Facts facts) {
            html.append("<table><tbody>");
            facts.facts()
                    .forEach((name, value) -> html.append("<tr><td>")
                            .append(escape(name))
                            .append("</td><td>")
                            .append(escape(value))
                            .append("</td></tr>"));
            html.append("</tbody></table>\n");
        } else if (section instanceof Section.Curves curves) {
            html.append(LineChart.draw(curves.heading(), curves.xLabel(), curves.curves()))
                    .append('\n');
        } else if (section instanceof Section.Comparison comparison) {
            comparison(html, comparison);
        } else if (section instanceof Section.Sessions sessions) {
            sessions.samples().forEach(sample -> sample(html, sample));
        }
    }

    private static void comparison(StringBuilder html, Section.Comparison comparison) {
        html.append("<p class=\"note\">").append(escape(comparison.note())).append("</p><table><thead><tr><th></th>");
        comparison
                .candidates()
                .forEach(name -> html.append("<th>").append(escape(name)).append("</th>"));
        html.append("</tr></thead><tbody>");
        for (Section.Row row : comparison.rows()) {
            html.append("<tr><td>").append(escape(row.name())).append("</td>");
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
        html.append("</tbody></table>\n");
    }

    private static String figure(Section.Figure figure) {
        if (!Double.isFinite(figure.value())) {
            return "–";
        }
        String value = String.format(Locale.ROOT, "%.4f", figure.value());
        return figure.hasInterval()
                ? value
                        + String.format(
                                Locale.ROOT,
                                "<br><span class=\"interval\">%.4f – %.4f</span>",
                                figure.low(),
                                figure.high())
                : value;
    }

    private static void sample(StringBuilder html, Section.Sample sample) {
        html.append("<div class=\"session\"><div><span class=\"note\">saw</span> ");
        sample.events()
                .forEach(item -> html.append("<span class=\"item\">")
                        .append(escape(item))
                        .append("</span>"));
        if (!sample.target().isEmpty()) {
            html.append(" <span class=\"note\">then</span> <span class=\"item hit\">");
            html.append(escape(sample.target())).append("</span>");
        }
        html.append("</div><div><span class=\"note\">recommended</span> ");
        for (String item : sample.recommendations()) {
            html.append(item.equals(sample.target()) ? "<span class=\"item hit\">" : "<span class=\"item\">");
            html.append(escape(item)).append("</span>");
        }
        html.append("</div></div>\n");
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(c);
            }
        });
        return out.toString();
    }
}

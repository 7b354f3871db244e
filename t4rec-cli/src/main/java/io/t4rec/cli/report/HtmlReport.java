package io.t4rec.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Turns sections into one self-contained HTML page: no script, nothing loaded, light and dark. All text is escaped, since item
 * ids and column names come from users' data, and the page forbids scripts and requests besides.
 */
public final class HtmlReport {
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private HtmlReport() {}

    /**
     * Renders a page.
     *
     * @param title heading of the page
     * @param subtitle a line or two under it: what, when, from what
     */
    public static String render(String title, String subtitle, List<Section> sections) {
        StringBuilder html = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
                .append(POLICY)
                .append("\">");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.append("<link rel=\"icon\" href=\"data:,\"><title>")
                .append(escape(title))
                .append("</title>");
        html.append("<style>\n").append(style()).append("</style></head>\n<body><main>\n");
        html.append("<h1>").append(escape(title)).append("</h1>\n");
        html.append("<p class=\"note\">").append(escape(subtitle)).append("</p>\n");
        for (int i = 0; i < sections.size(); i++) {
            section(html, sections.get(i), "section-" + (i + 1));
        }
        return html.append("</main></body></html>\n").toString();
    }

    private static void section(StringBuilder html, Section section, String id) {
        html.append("<section aria-labelledby=\"").append(id).append("\"><h2 id=\"");
        html.append(id).append("\">").append(escape(section.heading())).append("</h2>\n");
        if (!section.note().isEmpty()) {
            html.append("<p class=\"note\">").append(escape(section.note())).append("</p>\n");
        }
        if (section instanceof Section.Facts facts) {
            Tables.facts(html, facts);
        } else if (section instanceof Section.Charts charts) {
            html.append("<div class=\"grid\">");
            charts.charts().forEach(chart -> Figures.chart(html, chart));
            html.append("</div>\n");
        } else if (section instanceof Section.Comparisons comparisons) {
            html.append("<div class=\"grid\">");
            comparisons.tables().forEach(table -> comparison(html, table));
            html.append("</div>\n");
        } else if (section instanceof Section.Sessions sessions) {
            html.append("<div class=\"grid\">");
            sessions.samples().forEach(sample -> Samples.sample(html, sample));
            html.append("</div>\n");
        } else if (section instanceof Section.Listing listing) {
            html.append("<details><summary>Show</summary><pre>");
            html.append(escape(listing.text())).append("</pre></details>\n");
        }
        html.append("</section>\n");
    }

    private static void comparison(StringBuilder html, Section.Comparison comparison) {
        html.append("<div class=\"comparison\">");
        Figures.chart(html, Figures.bars(comparison));
        Tables.comparison(html, comparison);
        html.append("</div>\n");
    }

    private static String style() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("resource: report.css (expected: beside HtmlReport)");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Text that means nothing to HTML, in elements and in quoted attributes. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(c < 0x20 && c != '\n' && c != '\t' ? 0xFFFD : c);
            }
        });
        return out.toString();
    }
}

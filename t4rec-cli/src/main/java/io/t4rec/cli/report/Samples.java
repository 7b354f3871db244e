package io.t4rec.cli.report;

import static io.t4rec.cli.report.HtmlReport.escape;

import io.t4rec.model.ranking.ItemRanker;
import java.util.Locale;

/** Writes sample sessions: what was seen, what came next, what would be recommended. */
final class Samples {
    private Samples() {}

    static void sample(StringBuilder html, Section.Sample sample) {
        html.append("<div class=\"session\"><h3>Session so far</h3><ol class=\"items\">");
        sample.events().forEach(item -> item(html, item, "", false));
        html.append("</ol><h3>Next item</h3><ul class=\"items\">");
        item(
                html,
                sample.target(),
                "",
                sample.rank() > 0 && sample.rank() <= sample.recommendations().size());
        html.append("</ul><h3>Recommended, ").append(escape(place(sample))).append("</h3><ol class=\"items\">");
        sample.recommendations()
                .forEach(found ->
                        item(html, found.item(), String.format(Locale.ROOT, "%.2f", found.score()), found.hit()));
        html.append("</ol></div>\n");
    }

    private static String place(Section.Sample sample) {
        if (sample.rank() == 0) {
            return "next item unknown to the model";
        }
        if (sample.rank() == ItemRanker.LAST) {
            return "next item among those left out";
        }
        return sample.rank() <= sample.recommendations().size()
                ? "hit at rank " + sample.rank()
                : "next item at rank " + String.format(Locale.ROOT, "%,d", sample.rank());
    }

    private static void item(StringBuilder html, String item, String score, boolean hit) {
        html.append(hit ? "<li class=\"item hit\">" : "<li class=\"item\">");
        html.append(hit ? "✓ " : "").append(escape(item));
        if (!score.isEmpty()) {
            html.append("<span class=\"score\">").append(score).append("</span>");
        }
        html.append("</li>");
    }
}

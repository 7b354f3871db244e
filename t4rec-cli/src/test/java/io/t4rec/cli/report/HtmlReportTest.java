package io.t4rec.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final String NASTY = "<script>alert('x')</script>\"&";

    @Test
    void escapesTextWhereverItStands() {
        String html = HtmlReport.render(NASTY, NASTY, everywhere(NASTY));
        assertThat(html).doesNotContain("<script").doesNotContain("alert('x')");
        assertThat(html).contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;");
        assertThat(html.split("&lt;script&gt;", -1).length).isGreaterThan(20);
    }

    @Test
    void drawsPointsWithoutALineAndLeavesOutWhatIsNoNumber() {
        Chart.Points chart = new Chart.Points(
                "rate",
                "log10 of the value",
                "ndcg@20",
                List.of(
                        new Chart.Curve("finished", new double[] {-3, -2, -1}, new double[] {0.1, 0.4, Double.NaN}),
                        new Chart.Curve("given up", new double[] {-2.5}, new double[] {0.05})));
        String html = HtmlReport.render("t", "s", List.of(new Section.Charts("h", "", List.of(chart))));
        assertThat(html.split("<circle", -1)).as("three points").hasSize(4);
        assertThat(html).contains("finished, -2: 0.4", "given up, -2.5: 0.05", "log10 of the value");
        String drawing = html.substring(html.indexOf("<svg", html.indexOf("</ul>")));
        assertThat(drawing).doesNotContain("<path");
    }

    @Test
    void keepsControlCharactersOut() {
        assertThat(HtmlReport.escape("a\0b\u001bc\nd")).isEqualTo("a\ufffdb\ufffdc\nd");
    }

    @Test
    void loadsNothingAndForbidsScripts() {
        String html = HtmlReport.render("t", "s", everywhere("x"));
        assertThat(html)
                .contains("default-src 'none'")
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("@import")
                .doesNotContain(" src=")
                .doesNotContain("url(");
    }

    @Test
    void marksTheBestOfARowAndShowsIntervalsAndGaps() {
        Section.Comparison table = new Section.Comparison(
                "recall",
                "metric",
                List.of("model", "markov", "none"),
                List.of(new Section.Row(
                        "recall@20",
                        1234,
                        List.of(
                                new Section.Figure(0.5, 0.45, 0.55),
                                Section.Figure.of(0.25),
                                Section.Figure.of(Double.NaN)))));
        String html = HtmlReport.render("t", "s", List.of(new Section.Comparisons("h", "", List.of(table))));
        assertThat(html)
                .contains("<td class=\"best\">0.5000<span class=\"interval\">0.450–0.550</span></td>")
                .contains("<td>0.2500</td>")
                .contains("<td>–</td>")
                .contains("1,234");
        assertThat(html.split("class=\"whisker\"", -1))
                .as("one interval, three lines")
                .hasSize(4);
    }

    @Test
    void writesEveryNameBesideItsBars() {
        List<String> names = List.of("a rather long name of a value", "b", "c", "d");
        Chart.Rows rows = new Chart.Rows(
                "t",
                "%",
                names,
                List.of(new Chart.Series(
                        "first",
                        List.of(
                                Section.Figure.of(50),
                                Section.Figure.of(25),
                                Section.Figure.of(Double.NaN),
                                Section.Figure.of(0)))));
        String html = HtmlReport.render("t", "s", List.of(new Section.Charts("h", "", List.of(rows))));
        assertThat(names).allSatisfy(name -> assertThat(html).contains(">" + name + "</text>"));
        assertThat(html).contains("width=\"298.0\" height=\"10.1\"").doesNotContain("NaN");
    }

    @Test
    void letsRowsStandOut() {
        String html = HtmlReport.render(
                "t",
                "s",
                List.of(new Section.Facts(
                        "h",
                        "",
                        List.of(),
                        List.of(
                                Section.Fact.of("quiet", 1),
                                Section.Fact.of("loud", 2).standingOut()))));
        assertThat(html).contains("<tr class=\"notable\"><th scope=\"row\">loud", "<tr><th scope=\"row\">quiet");
    }

    @Test
    void drawsNeitherNotANumberNorInfinity() {
        Chart.Lines lines = new Chart.Lines(
                "t",
                "x",
                "y",
                List.of(
                        new Chart.Curve("gap", new double[] {1, 2, 3}, new double[] {1, Double.NaN, 3}),
                        new Chart.Curve("empty", new double[0], new double[0]),
                        new Chart.Curve("one", new double[] {2}, new double[] {Double.POSITIVE_INFINITY})));
        Chart.Bars bars = new Chart.Bars(
                "t", "x", "y", List.of("a"), List.of(new Chart.Series("s", List.of(Section.Figure.of(Double.NaN)))));
        String html = HtmlReport.render("t", "s", List.of(new Section.Charts("h", "", List.of(lines, bars))));
        assertThat(html).doesNotContain("NaN").doesNotContain("Infinity");
        assertThat(html.split("<circle", -1)).as("two finite points").hasSize(3);
    }

    /** Every kind of section with the same text in every place. */
    static List<Section> everywhere(String text) {
        double[] x = {1, 2};
        Chart lines = new Chart.Lines(text, text, text, List.of(new Chart.Curve(text, x, x)));
        Chart bars = new Chart.Bars(
                text, text, text, List.of(text), List.of(new Chart.Series(text, List.of(Section.Figure.of(1)))));
        Chart rows = new Chart.Rows(
                text, text, List.of(text), List.of(new Chart.Series(text, List.of(Section.Figure.of(1)))));
        Section.Comparison comparison = new Section.Comparison(
                text, text, List.of(text), List.of(new Section.Row(text, 1, List.of(Section.Figure.of(1)))));
        Section.Sample sample =
                new Section.Sample(List.of(text), text, 1, List.of(new Section.Recommended(text, 1, true)));
        return List.of(
                new Section.Facts(text, text, List.of(text), List.of(Section.Fact.of(text, text))),
                new Section.Charts(text, text, List.of(lines, bars, rows)),
                new Section.Comparisons(text, text, List.of(comparison)),
                new Section.Sessions(text, text, List.of(sample)),
                new Section.Listing(text, text, text));
    }
}

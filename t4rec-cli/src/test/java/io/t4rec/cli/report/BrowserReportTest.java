package io.t4rec.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader's browser makes of a report. The real report of a training run is looked at in {@code RunReportTest}. */
public class BrowserReportTest {
    /** Stands for the page's policy: measures elements, and tells of errors and of requests, all of which it refuses. */
    private static final String PROBE = """
            <meta http-equiv="Content-Security-Policy"
              content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'">
            <script>
            const problems = [];
            addEventListener('error', event => problems.push('error ' + event.message));
            addEventListener('securitypolicyviolation', event => problems.push('refused ' + event.blockedURI));
            addEventListener('load', () => setTimeout(() => {
              const sizes = [];
              for (const [name, selector] of Object.entries({section: 'section', chart: 'figure > svg', table: '.scroll table',
                  bar: 'figure > svg rect', curve: 'figure > svg path', session: '.session'}))
                for (const element of document.querySelectorAll(selector)) {
                  if (element.closest('details')) continue;
                  const box = element.getBoundingClientRect();
                  sizes.push(name + ':' + Math.round(box.width) + 'x' + Math.round(box.height));
                }
              const d = document.documentElement;
              document.body.setAttribute('data-sizes', sizes.join(' '));
              document.body.setAttribute('data-problems', problems.join('; '));
              document.body.setAttribute('data-overflow', d.scrollWidth - d.clientWidth);
            }, 200));
            </script>""";

    private static final Pattern POLICY = Pattern.compile("<meta http-equiv=\"Content-Security-Policy\"[^>]*>");

    @TempDir
    Path folder;

    @Test
    void anItemIdThatIsAScriptDoesNothing() throws IOException, InterruptedException {
        Browser browser = Browser.open(folder);
        String attack = "<img src=x onerror=\"document.body.id='broken'\"><script>document.body.id='broken'</script>";
        // without the policy, so that escaping alone is tested
        String html = POLICY.matcher(HtmlReport.render(attack, attack, HtmlReportTest.everywhere(attack)))
                .replaceAll("");
        Browser.Page page = browser.load(Files.writeString(folder.resolve("attack.html"), html));
        assertThat(page.dom())
                .contains("Recommended")
                .doesNotContain("<body id")
                .doesNotContain("<img");
    }

    @Test
    void theProbeNoticesErrorsAndRequests() throws IOException, InterruptedException {
        Browser browser = Browser.open(folder);
        String broken = PROBE
                + "<body><img src='https://example.org/x.png'><link rel='stylesheet' href='x.css'>"
                + "<script>console.error('bad'); missing()</script></body>";
        Browser.Page page = browser.load(Files.writeString(folder.resolve("broken.html"), broken));
        assertThat(page.log()).contains(":CONSOLE");
        assertThat(attribute(page.dom(), "data-problems"))
                .contains("refused https://example.org/x.png", "refused file", "error Uncaught ReferenceError");
    }

    /**
     * Asserts that a report is whole in a browser.
     *
     * @param sections least number of sections
     * @param charts least number of charts
     */
    public static void assertReadable(Path report, Path folder, int sections, int charts)
            throws IOException, InterruptedException {
        Browser browser = Browser.open(folder);
        Browser.Page plain = browser.load(report);
        assertThat(plain.log()).as("console").doesNotContain(":CONSOLE");
        assertThat(plain.dom()).contains("</main>");

        String probed =
                POLICY.matcher(Files.readString(report)).replaceFirst("").replace("</body>", PROBE);
        Path copy = Files.writeString(folder.resolve("probed.html"), probed);
        String dom = browser.load(copy).dom();
        assertThat(attribute(dom, "data-problems")).isEmpty();
        assertThat(attribute(dom, "data-overflow"))
                .as("page wider than the window")
                .isEqualTo("0");
        Map<String, Integer> counts = new HashMap<>();
        for (String size : attribute(dom, "data-sizes").split(" ")) {
            Matcher parts = Pattern.compile("(\\w+):(\\d+)x(\\d+)").matcher(size);
            assertThat(parts.matches()).as(size).isTrue();
            int width = Integer.parseInt(parts.group(2));
            int height = Integer.parseInt(parts.group(3));
            String kind = parts.group(1);
            counts.merge(kind, 1, Integer::sum);
            if (kind.equals("section") || kind.equals("chart") || kind.equals("table") || kind.equals("session")) {
                assertThat(width).as(size).isGreaterThan(100);
                assertThat(height).as(size).isGreaterThan(30);
            } else if (kind.equals("bar")) {
                assertThat(width).as(size).isPositive();
            } else {
                assertThat(width + height).as(size).isPositive();
            }
        }
        assertThat(counts.get("section")).isGreaterThanOrEqualTo(sections);
        assertThat(counts.get("chart")).isGreaterThanOrEqualTo(charts);

        for (int width : List.of(1200, 420)) {
            double light = luminance(browser.screenshot(report, width, 1600, false));
            double dark = luminance(browser.screenshot(report, width, 1600, true));
            assertThat(light).as("light page, %d wide", width).isBetween(0.8, 0.995);
            assertThat(dark).as("dark page, %d wide", width).isBetween(0.05, 0.3);
        }
    }

    private static String attribute(String dom, String name) {
        Matcher matcher = Pattern.compile(name + "=\"([^\"]*)\"").matcher(dom);
        assertThat(matcher.find()).as(name).isTrue();
        return matcher.group(1);
    }

    /** Mean brightness, from 0 to 1: ink makes a light page a little darker than its background. */
    private static double luminance(BufferedImage image) {
        double sum = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                Color colour = new Color(image.getRGB(x, y));
                sum += (colour.getRed() + colour.getGreen() + colour.getBlue()) / 765.0;
            }
        }
        return sum / image.getWidth() / image.getHeight();
    }
}

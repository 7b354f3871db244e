package io.t4rec.cli.report;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;

/** Chromium without a window: from the system property {@code t4rec.chromium}, else from the PATH. */
final class Browser {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final long SECONDS = 60;

    private final String binary;
    private final Path folder;

    private Browser(String binary, Path folder) {
        this.binary = binary;
        this.folder = folder;
    }

    /** Skips the test when there is no Chromium on the machine. */
    static Browser open(Path folder) {
        String named = System.getProperty("t4rec.chromium", "");
        if (!named.isEmpty()) {
            return new Browser(named, folder);
        }
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            for (String name : NAMES) {
                if (Files.isExecutable(Path.of(directory, name))) {
                    return new Browser(Path.of(directory, name).toString(), folder);
                }
            }
        }
        Assumptions.abort("no chromium on the PATH; install one or name it by -Dt4rec.chromium");
        throw new IllegalStateException("unreachable");
    }

    /** What a page became: its elements after loading, and what was said meanwhile. */
    record Page(String dom, String log) {}

    Page load(Path html) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "chromium", ".log");
        Path dom = Files.createTempFile(folder, "chromium", ".html");
        run(
                log,
                dom,
                "--dump-dom",
                "--enable-logging=stderr",
                "--virtual-time-budget=2000",
                html.toUri().toString());
        return new Page(Files.readString(dom), Files.readString(log, StandardCharsets.ISO_8859_1));
    }

    BufferedImage screenshot(Path html, int width, int height, boolean dark) throws IOException, InterruptedException {
        Path image = folder.resolve("shot-" + width + (dark ? "-dark" : "-light") + ".png");
        Path log = Files.createTempFile(folder, "chromium", ".log");
        run(
                log,
                log,
                "--screenshot=" + image,
                "--window-size=" + width + "," + height,
                "--hide-scrollbars",
                "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
                html.toUri().toString());
        return ImageIO.read(image.toFile());
    }

    private void run(Path errors, Path output, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                binary,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + Files.createTempDirectory(folder, "profile")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        if (!errors.equals(output)) {
            builder.redirectOutput(output.toFile());
        } else {
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        }
        Process process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("chromium: no end after " + SECONDS + " s: " + Files.readString(errors));
        }
        if (process.exitValue() != 0) {
            throw new IOException("chromium: exit " + process.exitValue() + ": " + Files.readString(errors));
        }
    }
}

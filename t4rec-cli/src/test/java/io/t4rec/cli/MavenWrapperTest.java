package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mvnw} on a machine without Maven, with a repository on disk that holds an imitation of it. */
class MavenWrapperTest {
    private static final List<String> TOOLS = List.of(
            "sh",
            "dirname",
            "basename",
            "sed",
            "sort",
            "head",
            "mkdir",
            "mktemp",
            "tar",
            "gzip",
            "rm",
            "mv",
            "sha256sum");
    private static final String PLACE = "org/apache/maven/apache-maven/9.9.9/apache-maven-9.9.9-bin.tar.gz";

    @TempDir
    Path folder;

    private Path archive;

    @BeforeEach
    void makeMachine() throws IOException, InterruptedException {
        Path script = Path.of("../mvnw").toAbsolutePath().normalize();
        assumeThat(Files.isExecutable(Path.of("/bin/sh"))).as("a POSIX shell").isTrue();
        Files.createDirectories(folder.resolve("project/.mvn/wrapper"));
        Files.copy(script, folder.resolve("project/mvnw"));
        Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            link(tool);
        }
        link("curl");
        Path mvn = folder.resolve("apache-maven-9.9.9/bin/mvn");
        Files.createDirectories(mvn.getParent());
        Files.writeString(mvn, "#!/bin/sh\necho imitation \"$@\"\n");
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
        archive = folder.resolve("repository").resolve(PLACE);
        Files.createDirectories(archive.getParent());
        Process tar = new ProcessBuilder(
                        "tar", "-czf", archive.toString(), "-C", folder.toString(), "apache-maven-9.9.9")
                .start();
        assertThat(tar.waitFor()).isZero();
    }

    @Test
    void downloadsChecksAndRunsMavenOnce() throws Exception {
        configure(sha256(archive));
        Outcome first = mvnw("verify", "-Dx=a b");
        assertThat(first.code()).as(first.output()).isZero();
        assertThat(first.output()).contains("Downloading file:").contains("imitation verify -Dx=a b");
        assertThat(mvnw("test").output()).doesNotContain("Downloading").contains("imitation test");
        assertThat(leftovers()).containsExactly("apache-maven-9.9.9");
    }

    @Test
    void refusesADownloadWithAnotherChecksum() throws Exception {
        configure("0".repeat(64));
        Outcome outcome = mvnw("verify");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.output()).contains("SHA-256", "expected: 000").doesNotContain("imitation");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        configure(sha256(archive));
        Files.delete(folder.resolve("bin/curl"));
        Outcome outcome = mvnw("verify");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.output()).contains("neither curl nor wget").contains("expected");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void saysWhatCouldNotBeDownloaded() throws Exception {
        configure(sha256(archive));
        Files.delete(archive);
        Outcome outcome = mvnw("verify");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.output()).contains(PLACE + ": download failed").contains("MVNW_REPOURL");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void prefersAMavenOnThePathThatIsNewEnough() throws Exception {
        configure(sha256(archive));
        mvnOnPath("3.10.1");
        assertThat(mvnw("verify").output()).contains("from the path");
        mvnOnPath("3.6.3");
        assertThat(mvnw("verify").output()).contains("imitation verify");
    }

    private void mvnOnPath(String version) throws IOException {
        Path mvn = folder.resolve("bin/mvn");
        Files.writeString(
                mvn,
                "#!/bin/sh\n[ \"$1\" = --version ] && { echo \"Apache Maven " + version
                        + " (abc)\"; exit; }\necho from the path\n");
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
    }

    private void configure(String sha256) throws IOException {
        Files.writeString(
                folder.resolve("project/.mvn/wrapper/maven-wrapper.properties"),
                "distributionUrl=https://absent.invalid/maven2/" + PLACE + "\ndistributionSha256Sum=" + sha256 + "\n");
    }

    private record Outcome(int code, String output) {}

    private Outcome mvnw(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", folder + "/project/mvnw"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        folder + "/bin",
                        "HOME",
                        folder + "/nobody",
                        "MAVEN_USER_HOME",
                        folder + "/m2",
                        "MVNW_REPOURL",
                        folder.resolve("repository").toUri().toString()));
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    private List<String> leftovers() throws IOException {
        try (var files = Files.list(folder.resolve("m2/wrapper/dists"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private void link(String tool) throws IOException {
        for (String directory : System.getenv("PATH").split(":")) {
            Path found = Path.of(directory, tool);
            if (Files.isExecutable(found)) {
                Path script = Files.writeString(
                        folder.resolve("bin").resolve(tool), "#!/bin/sh\nexec " + found + " \"$@\"\n");
                assertThat(script.toFile().setExecutable(true)).isTrue();
                return;
            }
        }
        assumeThat(tool).as("on the PATH").isEmpty();
    }

    private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}

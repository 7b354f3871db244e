package io.t4rec.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Where and on what state of the code something was measured. */
final class Machine {
    private Machine() {}

    /** Processor, cores, memory, Java, and how busy the machine is. */
    static String describe() {
        Runtime runtime = Runtime.getRuntime();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return processor() + ", " + runtime.availableProcessors() + " cores, " + memory() + ", "
                + System.getProperty("os.name") + ", JDK " + System.getProperty("java.version")
                + (load < 0 ? "" : String.format(Locale.ROOT, ", load %.1f before", load));
    }

    private static String processor() {
        return field("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch"));
    }

    private static String memory() {
        return field("/proc/meminfo", "MemTotal")
                .map(text -> (Long.parseLong(text.replaceAll("\\D", "")) >> 20) + " GiB")
                .orElse("memory n/a");
    }

    /** Bytes of memory that programs can still take; the largest number where the system doesn't tell. */
    static long freeBytes() {
        return field("/proc/meminfo", "MemAvailable")
                .map(text -> Long.parseLong(text.replaceAll("\\D", "")) << 10)
                .orElse(Long.MAX_VALUE);
    }

    private static Optional<String> field(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The commit of the sources, with a plus when they were changed since; unknown outside a repository. */
    static String commit() {
        try {
            String commit = git("rev-parse", "--short", "HEAD");
            // results are appended to the documents, so these alone don't make another program
            return commit.isEmpty()
                    ? "unknown"
                    : commit
                            + (git("status", "--porcelain", "--", ".", ":!docs").isEmpty() ? "" : "+");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String git(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor() == 0 ? text : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("git: interrupted", e);
        }
    }
}

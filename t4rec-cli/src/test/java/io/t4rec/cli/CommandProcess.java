package io.t4rec.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command in a process of its own, as users run it. */
final class CommandProcess {
    private final Path out;
    private final Path err;
    private final List<String> command = new ArrayList<>();

    private CommandProcess(Path out, Path err) {
        this.out = out;
        this.err = err;
    }

    static CommandProcess builder(Path out, Path err, String... arguments) {
        CommandProcess process = new CommandProcess(out, err);
        process.command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.t4rec.cli.Main"));
        process.command.addAll(List.of(arguments));
        return process;
    }

    /** Lets another command run it: its words come first. */
    CommandProcess on(String... words) {
        command.addAll(0, List.of(words));
        return this;
    }

    Process start() throws IOException {
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }
}

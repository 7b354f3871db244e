package io.t4rec.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that starts another Java machine with this one's class path. */
final class JavaCommand {
    private JavaCommand() {}

    static List<String> of(Class<?> main, List<String> javaOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "--add-opens=java.base/java.nio=ALL-UNNAMED"));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}

package io.t4rec.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.T4RecException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;

/** Entry point. Exit codes: 0 done, 1 failed, 2 wrong usage or settings. */
@CommandLine.Command(
        name = "t4rec",
        description = "Session-based recommendation with transformers.",
        mixinStandardHelpOptions = true,
        version = "t4rec 0.1.0",
        subcommands = {
            QuickstartCommand.class,
            ImportCommand.class,
            GenerateCommand.class,
            PrepareCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            RecommendCommand.class,
            ServeCommand.class,
            InspectCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        System.exit(run(args, new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8)));
    }

    /** Runs the command with the given outputs and returns the exit code. */
    public static int run(String[] args, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new Main());
        line.setOut(out);
        line.setErr(err);
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            err.println("t4rec: " + message(exception));
            return exception instanceof ConfigException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        return line.execute(args);
    }

    private static String message(Exception exception) {
        if (exception instanceof T4RecException) {
            return String.valueOf(exception.getMessage());
        }
        Throwable cause = exception instanceof UncheckedIOException && exception.getCause() != null
                ? exception.getCause()
                : exception;
        return cause instanceof IOException
                ? cause.getClass().getSimpleName().replace("Exception", "") + ": " + cause.getMessage()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}

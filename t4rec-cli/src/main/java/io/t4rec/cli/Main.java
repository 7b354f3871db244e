package io.t4rec.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
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
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((exception, command, parsed) -> Failures.report(exception, err));
        line.setParameterExceptionHandler((exception, arguments) -> {
            CommandLine command = exception.getCommandLine();
            err.println("t4rec: " + exception.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
            err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
            return CommandLine.ExitCode.USAGE;
        });
        try {
            return line.execute(args);
        } catch (OutOfMemoryError | LinkageError e) {
            return Failures.report(e, err);
        }
    }
}

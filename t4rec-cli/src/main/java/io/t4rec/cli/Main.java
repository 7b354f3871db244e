package io.t4rec.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.t4rec.schema.config.ConfigFiles;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Entry point. Exit codes: 0 done, 1 failed, 2 wrong usage or settings. */
@CommandLine.Command(
        name = "t4rec",
        description = {
            "Session-based recommendation with transformers: from raw events to a server that recommends.",
            "%nThe way: import events, prepare sequences, train a model, then evaluate, recommend or serve its bundle."
        },
        mixinStandardHelpOptions = true,
        version = "t4rec 0.1.0",
        usageHelpAutoWidth = true,
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Failed: data, files, a damaged bundle, training that diverged.",
            "2:Wrong usage or settings."
        },
        footer = {
            "%nHelp on a command: t4rec COMMAND --help. To begin: t4rec quickstart.",
            "T4REC_JAVA_OPTS holds options of the Java machine, for instance -Xmx8g (default: -Xmx4g)."
        },
        subcommands = {
            QuickstartCommand.class,
            ImportCommand.class,
            GenerateCommand.class,
            SplitCommand.class,
            PrepareCommand.class,
            ExtendCommand.class,
            DecodeCommand.class,
            TrainCommand.class,
            TuneCommand.class,
            IncrementalCommand.class,
            EvaluateCommand.class,
            CompressCommand.class,
            RecommendCommand.class,
            PredictCommand.class,
            SimilarCommand.class,
            ServeCommand.class,
            InspectCommand.class,
            StatsCommand.class,
            BenchCommand.class
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
        line.getSubcommands().forEach((name, command) -> {
            if (List.of("quickstart", "prepare", "train", "incremental").contains(name)) {
                describeSettings(command.getCommandSpec().usageMessage(), name);
            }
        });
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

    /** Shows all settings with their defaults in the help, in the form of an experiment file. */
    private static void describeSettings(CommandLine.Model.UsageMessageSpec usage, String command) {
        Experiment defaults = command.equals("quickstart") ? Experiment.forSyntheticShop() : Experiment.defaults();
        List<String> lines = new ArrayList<>(List.of(usage.footer()));
        lines.add("%nAn experiment file with all settings and their defaults:");
        ConfigFiles.toYaml(defaults)
                .lines()
                .filter(text -> !text.equals("---"))
                .forEach(text -> lines.add("  " + text.replace("%", "%%")));
        usage.footer(lines.toArray(String[]::new));
    }
}

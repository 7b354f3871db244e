package io.t4rec.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** What all sub-commands share: help, and results as text or JSON. */
@CommandLine.Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Failed: data, files, a damaged bundle, training that diverged.",
            "2:Wrong usage or settings."
        })
abstract class Command implements Callable<Integer> {
    /** System property with the width of the terminal that shows the error stream; absent when it is none. */
    private static final String COLUMNS = "t4rec.columns";

    private static final ObjectMapper JSON = new ObjectMapper();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @CommandLine.Option(names = "--json", description = "Print the result as one JSON object, and no progress.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    Command() {}

    @Override
    public final Integer call() throws IOException {
        show(run());
        return CommandLine.ExitCode.OK;
    }

    /**
     * Does the work.
     *
     * @return the result by name, in the order it is to be shown
     */
    abstract Map<String, Object> run() throws IOException;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Tells of long work on the error stream; silent when the result is asked for as JSON. */
    final Progress progress() {
        return new Progress(err(), Integer.getInteger(COLUMNS, 0), json);
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final boolean isJson() {
        return json;
    }

    /** Prints a result at once; nothing when it is empty. */
    final void show(Map<String, Object> result) {
        if (result.isEmpty()) {
            return;
        }
        if (json) {
            try {
                out().println(JSON.writeValueAsString(result));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("result: " + result + " (expected: plain values)", e);
            }
            return;
        }
        int width = result.keySet().stream().mapToInt(String::length).max().orElse(0);
        result.forEach((name, value) -> out().println(("%-" + width + "s  %s").formatted(name, text(value))));
    }

    private static String text(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.4f", number) : String.valueOf(value);
    }
}

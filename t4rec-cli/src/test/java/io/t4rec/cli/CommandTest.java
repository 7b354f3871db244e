package io.t4rec.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Tests that run commands in this process, one after another. */
abstract class CommandTest {
    /** What the last command wrote. */
    final StringWriter out = new StringWriter();

    /** What the last command said beside it. */
    final StringWriter err = new StringWriter();

    /** Runs a command and gives its exit code. */
    final int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}

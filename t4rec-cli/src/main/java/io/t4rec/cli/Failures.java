package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.T4RecException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine;

/** Turns failures into one line for the user and an exit code. */
final class Failures {
    private Failures() {}

    /** Tells of a failure; what nobody expected goes to a file with all details. */
    static int report(Throwable failure, PrintWriter err) {
        Throwable cause = failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null
                ? unchecked.getCause()
                : failure;
        if (cause instanceof T4RecException || cause instanceof IOException) {
            err.println("t4rec: " + message(cause));
        } else if (cause instanceof OutOfMemoryError) {
            err.println("t4rec: out of memory (" + cause.getMessage()
                    + "; give more with T4REC_JAVA_OPTS=-Xmx8g, or lower training.batchSize)");
        } else if (isOutOfNativeMemory(cause)) {
            err.println(
                    "t4rec: out of memory outside Java's heap ("
                            + message(cause).lines().findFirst().orElse("")
                            + "; lower training.batchSize, model.transformer.totalSeqLength or dModel, or take a sampled loss)");
        } else {
            err.println("t4rec: " + cause.getClass().getSimpleName() + ": " + cause.getMessage()
                    + " (a defect; details in " + details(cause) + ")");
        }
        return cause instanceof ConfigException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }

    private static String message(Throwable cause) {
        String text = String.valueOf(cause.getMessage()).strip();
        if (cause instanceof NoSuchFileException) {
            return "file: " + text + " (expected: an existing file or folder)";
        }
        if (cause instanceof AccessDeniedException) {
            return "file: " + text + " (expected: the right to use it)";
        }
        return text;
    }

    private static boolean isOutOfNativeMemory(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return text.contains("can't allocate memory") || text.contains("CUDA out of memory");
    }

    private static String details(Throwable cause) {
        try {
            Path file = Files.createTempFile("t4rec-failure", ".log");
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
                cause.printStackTrace(writer);
            }
            return file.toString();
        } catch (IOException e) {
            return "no file: " + e.getMessage();
        }
    }
}

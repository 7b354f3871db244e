package io.t4rec.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Appends every step and epoch as a JSON object a line, each flushed, so that a killed run leaves a readable log. What it may leave of
 * its last line stays a line of its own. Epochs count from 1 there, as on the console and in reports.
 */
public final class JsonLinesLog implements TrainingListener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BufferedWriter writer;

    /** @param file made when absent */
    public JsonLinesLog(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        boolean endsWithinLine = endsWithinLine(file);
        writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (endsWithinLine) {
            writer.newLine();
        }
    }

    private static boolean endsWithinLine(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) != '\n';
        }
    }

    @Override
    public void onStep(Step step) {
        write(
                "step",
                new Step(
                        step.step(),
                        step.totalSteps(),
                        step.epoch() + 1,
                        step.loss(),
                        step.learningRate(),
                        step.sequences(),
                        step.figures()));
    }

    @Override
    public void onEpoch(Epoch epoch) {
        write(
                "epoch",
                new Epoch(
                        epoch.epoch() + 1,
                        epoch.loss(),
                        epoch.seconds(),
                        epoch.metrics(),
                        epoch.best(),
                        epoch.figures()));
    }

    private void write(String event, Object value) {
        try {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", event);
            line.put(event, value);
            writer.write(JSON.writeValueAsString(line));
            writer.newLine();
            writer.flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("log: " + value + " (expected: a plain record)", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}

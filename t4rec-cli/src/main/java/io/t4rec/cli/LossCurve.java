package io.t4rec.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.cli.report.Chart;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The loss of a run's steps, from its log, so that a run which was stopped and resumed shows all of them. */
final class LossCurve {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_POINTS = 150;

    private LossCurve() {}

    /**
     * Means of neighbouring steps, by epochs done.
     *
     * @param steps steps of the run: later ones in the log are of an earlier run
     * @param epochs epochs of the run
     */
    static Chart.Curve read(Path log, long steps, int epochs) throws IOException {
        TreeMap<Long, Double> losses = new TreeMap<>();
        // not by Files.newBufferedReader, which refuses half a character
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(log), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{\"event\":\"step\"")) {
                    JsonNode step = step(line);
                    if (step != null) {
                        losses.put(step.path("step").asLong(), step.path("loss").asDouble());
                    }
                }
            }
        }
        List<Map.Entry<Long, Double>> own =
                new ArrayList<>(losses.headMap(steps, true).entrySet());
        int points = Math.min(MOST_POINTS, own.size());
        double[] x = new double[points];
        double[] y = new double[points];
        for (int i = 0; i < points; i++) {
            List<Map.Entry<Long, Double>> piece =
                    own.subList((int) ((long) own.size() * i / points), (int) ((long) own.size() * (i + 1) / points));
            x[i] = (double) piece.get(piece.size() - 1).getKey() * epochs / steps;
            y[i] = piece.stream().mapToDouble(Map.Entry::getValue).average().orElseThrow();
        }
        return new Chart.Curve("mean of " + Math.max(1, own.size() / Math.max(1, points)) + " steps", x, y);
    }

    /** What a line tells; null for half a line, which a killed run may leave, with or without another behind it. */
    private static @Nullable JsonNode step(String line) {
        try {
            return JSON.readTree(line).path("step");
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}

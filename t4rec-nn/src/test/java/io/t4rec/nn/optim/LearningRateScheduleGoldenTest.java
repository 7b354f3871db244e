package io.t4rec.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Rates of the original's trainer: base 0.1, 20 steps, 2.5 cycles. */
class LearningRateScheduleGoldenTest {
    @Test
    void equalsTheOriginalsRates() throws IOException {
        Path file =
                Path.of(System.getProperty("t4rec.golden", "../shared/golden")).resolve("t4rec/lr_schedules.json");
        Assumptions.assumeTrue(Files.exists(file), "no golden vectors at " + file);
        JsonNode rates = new ObjectMapper().readTree(file.toFile()).path("lr");
        assertThat(rates.size()).isGreaterThanOrEqualTo(12);
        for (Map.Entry<String, JsonNode> entry : rates.properties()) {
            String[] name = entry.getKey().split("\\.warmup");
            LearningRateSchedule schedule =
                    new LearningRateSchedule(LearningRateSchedule.Kind.of(name[0]), Long.parseLong(name[1]), 20, 2.5);
            for (int step = 0; step < entry.getValue().size(); step++) {
                assertThat(schedule.rate(step, 0.1))
                        .as(entry.getKey() + " step " + step)
                        .isCloseTo(entry.getValue().get(step).asDouble(), within(1e-9));
            }
        }
    }
}

package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.OngoingWork;
import io.t4rec.train.TrainingListener.Epoch;
import io.t4rec.train.TrainingListener.Step;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter out = new StringWriter();

    @Test
    void tellsOnATerminalThatLongWorkGoesOnAndCleansUp() throws IOException {
        String result = progress(60, false).during("Importing a very long name ".repeat(5), () -> {
            sleep(2_600);
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(out.toString()).contains("Importing").endsWith("\r");
        assertThat(out.toString().split("\r")).allMatch(line -> line.length() <= 59);
    }

    @Test
    void saysNothingOfShortWorkNorOffTerminals() throws IOException {
        progress(60, false).during("x", () -> sleep(10));
        progress(0, false).during("x", () -> sleep(2_200));
        progress(60, true).during("x", () -> sleep(10));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void showsRateAndTimeLeftOfTrainingOnATerminal() {
        try (Progress.Training training = progress(80, false).training()) {
            training.onStep(new Step(1, 100, 0, 3, 0.001, 128));
            sleep(2_050);
            training.onStep(new Step(20, 100, 0, 2.5, 0.001, 128));
            sleep(100);
            training.onStep(new Step(40, 100, 0, 2.25, 0.001, 128));
            sleep(600);
            training.onEpoch(new Epoch(0, 2.25, 3, Map.of("recall@20", 0.5), true));
        }
        assertThat(out.toString())
                .containsPattern("Training +40% .* 40/100 .* / 0:00:\\d\\d\\) \\d+ sequences/s, loss 2.250")
                .contains("epoch 1  loss 2.2500  3.0 s  recall@20 0.5000  best");
    }

    @Test
    void writesOnlyEpochsIntoALogFileAndNothingWhenQuiet() {
        for (boolean quiet : new boolean[] {false, true}) {
            try (Progress.Training training = progress(0, quiet).training()) {
                training.onStep(new Step(1, 100, 0, 3, 0.001, 128));
                training.onEpoch(new Epoch(0, 2.25, 3, Map.of(), false));
            }
        }
        assertThat(out.toString().strip()).isEqualTo("epoch 1  loss 2.2500  3.0 s");
    }

    @Test
    void tellsAFigureOnce() {
        try (Progress.Training training = progress(0, false).training()) {
            training.onEpoch(new Epoch(
                    4, 2.25, 3, Map.of("discriminator/accuracy", 0.75), false, Map.of("discriminator/accuracy", 0.5)));
        }
        assertThat(out.toString().strip()).isEqualTo("epoch 5  loss 2.2500  3.0 s  discriminator/accuracy 0.7500");
    }

    @Test
    void showsHowFarAStatementHasCome() throws IOException {
        progress(90, false).during("Counting", () -> {
            try (OngoingWork.Shown shown = OngoingWork.show(new Rising())) {
                return sleep(3_000);
            }
        });
        assertThat(out.toString()).containsPattern("Counting  2s  \\[=+ +] \\d\\d%  [\\d,]+ rows/s  \\ds left");
    }

    /** A twentieth more each time it is asked. */
    private static final class Rising implements Supplier<OngoingWork.Position> {
        private int asked;

        @Override
        public OngoingWork.Position get() {
            asked++;
            return new OngoingWork.Position(7, asked / 20.0, 1_000L * asked);
        }
    }

    private Progress progress(int columns, boolean quiet) {
        return new Progress(new PrintWriter(out, true), columns, quiet);
    }

    private static boolean sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }
}

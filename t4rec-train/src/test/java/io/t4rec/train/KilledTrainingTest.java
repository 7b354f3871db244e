package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledTrainingTest {
    @TempDir
    Path folder;

    /** Trains with a checkpoint after every batch and tells each step; the last line is a digest of the weights. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            TrainingListener tell = new TrainingListener() {
                @Override
                public void onStep(Step step) {
                    System.out.println("step " + step.step());
                }
            };
            TrainingConfig config = SmallRun.config().checkpointSteps(1).build();
            System.out.println("digest "
                    + SmallRun.weights(SmallRun.train(config, null, Path.of(args[0]), tell))
                            .hashCode());
        }
    }

    @Test
    void losesNothingWhenKilledAtAnyMoment() throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        List<Long> starts = new ArrayList<>();
        for (int kill = 0; kill < 4; kill++) {
            Process child = start(folder);
            try (BufferedReader lines = lines(child)) {
                starts.add(Long.parseLong(lines.readLine().substring("step ".length())));
                for (int more = 1 + random.nextInt(3); more > 0; more--) {
                    lines.readLine();
                }
                // into the middle of a step, or of the writing of a checkpoint
                LockSupport.parkNanos(random.nextInt(30_000_000));
                child.destroyForcibly();
            }
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        Process last = start(folder);
        String line = "";
        try (BufferedReader lines = lines(last)) {
            for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                line = next;
            }
        }
        assertThat(last.waitFor()).isZero();
        assertThat(starts)
                .as("first step of each run: each continues the one before")
                .isSorted();
        assertThat(starts.get(3)).isGreaterThan(1);
        int straight = SmallRun.weights(
                        SmallRun.train(SmallRun.config().checkpointSteps(1).build(), null, null))
                .hashCode();
        assertThat(line).isEqualTo("digest " + straight);
        try (var left = Files.list(folder)) {
            assertThat(left).as("no file of the killed runs stays").hasSize(1);
        }
    }

    private static Process start(Path checkpoints) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        checkpoints.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }
}

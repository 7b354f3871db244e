package io.t4rec.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.model.ModelConfig;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            System.out.println("digest " + digest(args[1], Path.of(args[0]), tell));
        }

        /** @param tableOptimizer dense with a full softmax, else with a sampled one */
        static int digest(String tableOptimizer, @Nullable Path checkpoints, TrainingListener... listeners)
                throws IOException {
            TrainingConfig config = SmallRun.config()
                    .checkpointSteps(1)
                    .tableOptimizer(tableOptimizer)
                    .build();
            ModelConfig model = tableOptimizer.equals("dense") ? SmallRun.fullSoftmax() : SmallRun.sampledSoftmax();
            return SmallRun.weights(SmallRun.train(model, config, null, checkpoints, listeners))
                    .hashCode();
        }
    }

    /** Is inside libtorch nearly all the time, on two threads, as a training is: one short piece of work after another. */
    static final class Busy {
        private Busy() {}

        public static void main(String[] args) {
            System.out.println("begins");
            Workers workers = new Workers(2);
            while (true) {
                workers.run(2, piece -> {
                    for (int i = 0; i < 50; i++) {
                        try (Scope scope = Scope.open()) {
                            Tensor leaf = Tensors.ones(200, 200).requireGradient(true);
                            leaf.matmul(leaf)
                                    .softmax(-1)
                                    .matmul(leaf)
                                    .gelu()
                                    .sum()
                                    .backward();
                        }
                    }
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense", "lazy"})
    void losesNothingWhenKilledAtAnyMoment(String tableOptimizer) throws Exception {
        SplittableRandom random = new SplittableRandom(11);
        List<Long> starts = new ArrayList<>();
        for (int kill = 0; kill < 3; kill++) {
            Process child = start(Child.class, folder.toString(), tableOptimizer);
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
        Process last = start(Child.class, folder.toString(), tableOptimizer);
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
        assertThat(starts.get(2)).isGreaterThan(1);
        int straight = Child.digest(tableOptimizer, null);
        assertThat(line).isEqualTo("digest " + straight);
        try (var left = Files.list(folder)) {
            assertThat(left).as("no file of the killed runs stays").hasSize(1);
        }
    }

    @Test
    void endsWithoutACrashWhenToldToStopInsideNativeCode() throws Exception {
        SplittableRandom random = new SplittableRandom(12);
        for (int stop = 0; stop < 4; stop++) {
            Process child = start(Busy.class);
            try (BufferedReader lines = lines(child)) {
                lines.readLine();
                LockSupport.parkNanos(400_000_000 + random.nextInt(200_000_000));
                child.destroy();
            }
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).as("ended by SIGTERM").isEqualTo(143);
        }
    }

    private Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }
}

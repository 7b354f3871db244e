package io.t4rec.bench;

import com.sun.management.OperatingSystemMXBean;
import io.t4rec.model.TransformerRegistry;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What training costs in the bodies alone. */
final class PassesQuestion implements Question {
    private static final int HEADS = 4;
    private static final int LAYERS = 2;

    /** Until Java has compiled what runs often. */
    private static final double WARM_UP_SECONDS = 2;

    private static final int ROUNDS = 5;
    private static final double ROUND_SECONDS = 0.5;

    private record Part(String type, Map<String, Object> options, String title, int batch, int length) {
        private static final int[][] SIZES = {{128, 20}, {8, 256}, {2, 512}};

        static List<Part> all() {
            List<Part> parts = new ArrayList<>();
            TransformerRegistry.names().forEach(type -> {
                if (type.equals("reformer")) {
                    add(parts, type, Map.of("attnLayers", Collections.nCopies(LAYERS, "local")), "reformer local");
                    add(parts, type, Map.of("attnLayers", Collections.nCopies(LAYERS, "lsh")), "reformer lsh");
                } else {
                    add(parts, type, Map.of(), type);
                }
            });
            return parts;
        }

        private static void add(List<Part> parts, String type, Map<String, Object> options, String name) {
            for (int[] size : SIZES) {
                parts.add(new Part(type, options, name + ", " + size[0] + " x " + size[1], size[0], size[1]));
            }
        }

        TransformerBody create(Generator generator) {
            BuildArguments arguments =
                    new BuildArguments(Models.WIDTH, HEADS, LAYERS, length, "gelu", 0.02, 1e-12, 0, null);
            return TransformerRegistry.build(type, arguments, options).create(generator);
        }
    }

    @Override
    public String name() {
        return "passes";
    }

    @Override
    public String asks() {
        return "How long do forward and backward pass of the bodies alone take? Batch x length without padding, width 64, 4 heads, 2"
                + " layers, all else as T4RecConfig has it, no dropout, gradients of weights and input; bidirectional where the body"
                + " can, else causal; one thread; medians of 5 rounds of half a second.";
    }

    @Override
    public String goal() {
        return "at most 1.3 times the processor time of Hugging Face's body in PyTorch.";
    }

    @Override
    public List<String> parts() {
        return Part.all().stream().map(Part::title).toList();
    }

    @Override
    public Measured measure(String title, BenchSettings settings, Consumer<String> progress) {
        Part part = Part.all().stream()
                .filter(candidate -> candidate.title().equals(title))
                .findFirst()
                .orElseThrow();
        Generator generator = new Generator(settings.seed());
        TransformerBody body = part.create(generator);
        Runnable pass = () -> pass(body, part, generator);
        Time.of(pass, WARM_UP_SECONDS);
        double[] elapsed = new double[ROUNDS];
        double[] processor = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            Time time = Time.of(pass, ROUND_SECONDS);
            elapsed[round] = time.elapsed;
            processor[round] = time.processor;
        }
        body.release();
        Arrays.sort(elapsed);
        Arrays.sort(processor);
        return Measured.of(List.of(Row.of(title)
                .with("ms", elapsed[ROUNDS / 2] * 1e3, 2)
                .with("processor, ms", processor[ROUNDS / 2] * 1e3, 2)));
    }

    private static void pass(TransformerBody body, Part part, Generator generator) {
        try (Scope scope = Scope.open()) {
            BodyPass.run(body, BodyPass.input(body, part.batch, part.length, generator), generator);
        }
    }

    /**
     * Seconds of one run, on average.
     *
     * @param elapsed by the clock
     * @param processor that all threads of this process worked
     */
    private record Time(double elapsed, double processor) {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        /** @param least seconds that it is run for */
        static Time of(Runnable run, double least) {
            long start = System.nanoTime();
            long processor = SYSTEM.getProcessCpuTime();
            double elapsed;
            int runs = 0;
            do {
                run.run();
                runs++;
                elapsed = (System.nanoTime() - start) / 1e9;
            } while (elapsed < least);
            return new Time(elapsed / runs, (SYSTEM.getProcessCpuTime() - processor) / 1e9 / runs);
        }
    }
}

package io.t4rec.bench;

import io.t4rec.nn.transformer.BertConfig;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.LongformerConfig;
import io.t4rec.nn.transformer.ReformerConfig;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/** How time and memory of bodies grow with the length of sequences. */
final class LongQuestion implements Question {
    private static final int HEADS = 4;
    private static final int LAYERS = 2;
    private static final int CHUNK = 64;
    private static final int RUNS = 3;

    /** Tensors of the size of all scores that are in memory at once in the backward pass, for each layer. */
    private static final int SCORES_HELD = 3;

    private enum Body {
        BERT("BERT", true, BertConfig::build),
        LONGFORMER(
                "Longformer, window 128",
                false,
                arguments -> LongformerConfig.build(arguments, new LongformerConfig.Options(2 * CHUNK, 0))),
        LOCAL("Reformer, local", false, arguments -> ReformerConfig.build(arguments, reformer("local"))),
        LSH("Reformer, hashing", false, arguments -> ReformerConfig.build(arguments, reformer("lsh")));

        private final String title;
        private final boolean quadratic;
        private final Function<BuildArguments, TransformerConfig> build;

        Body(String title, boolean quadratic, Function<BuildArguments, TransformerConfig> build) {
            this.title = title;
            this.quadratic = quadratic;
            this.build = build;
        }

        private static ReformerConfig.Options reformer(String kind) {
            ReformerConfig.Options usual = ReformerConfig.Options.defaults();
            return new ReformerConfig.Options(
                    Models.WIDTH / HEADS,
                    Collections.nCopies(LAYERS, kind),
                    usual.numHashes(),
                    usual.numBuckets(),
                    usual.hashSeed(),
                    CHUNK,
                    CHUNK,
                    usual.axialPosShapeFirstDim(),
                    usual.axialPosShape(),
                    usual.axialPosEmbdsDim(),
                    usual.axialNormStd(),
                    usual.chunkSizeFeedForward());
        }
    }

    private record Part(Body body, int length) {
        private static final List<Integer> LENGTHS = List.of(512, 1024, 2048, 4096, 8192);

        static List<Part> all() {
            return Arrays.stream(Body.values())
                    .flatMap(body -> LENGTHS.stream().map(length -> new Part(body, length)))
                    .toList();
        }

        String title() {
            return String.format(Locale.ROOT, "%s, %,d positions", body.title, length);
        }

        /** Bytes of the scores of all pairs of positions alone. */
        long scoreBytes() {
            return body.quadratic ? (long) SCORES_HELD * LAYERS * HEADS * length * length * Float.BYTES : 0;
        }
    }

    @Override
    public String name() {
        return "long";
    }

    @Override
    public String asks() {
        return "How do time and memory grow with the length? One sequence forward and backward through the body alone, width 64, 4"
                + " heads of 16, 2 layers, no dropout, bidirectional, one thread; median of 3 runs. Chunks of 64, so that a position sees"
                + " 128 others in Longformer, 127 in Reformer; one round of hashing.";
    }

    @Override
    public String goal() {
        return "twice the length at most 2.2 times the time and memory above that of the process for all but BERT.";
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
        Row row = Row.of(title);
        long free = Machine.freeBytes();
        if (part.scoreBytes() > free / 2) {
            return Measured.of(List.of(row.with(
                    "ms",
                    String.format(
                            Locale.ROOT,
                            "left out: scores of %,d MiB, %,d MiB are free",
                            part.scoreBytes() >> 20,
                            free >> 20))));
        }
        double seconds = seconds(part, settings.seed());
        return Measured.of(
                List.of(row.with("ms", seconds * 1e3, 1).with("us a position", seconds * 1e6 / part.length, 2)));
    }

    private static double seconds(Part part, long seed) {
        Generator generator = new Generator(seed);
        BuildArguments arguments =
                new BuildArguments(Models.WIDTH, HEADS, LAYERS, part.length, "gelu", 0.02, 1e-12, 0, null);
        TransformerBody body = part.body.build.apply(arguments).create(generator);
        double[] seconds = new double[RUNS];
        for (int run = -1; run < RUNS; run++) { // the first warms up
            try (Scope scope = Scope.open()) {
                Tensor x = BodyPass.input(body, 1, part.length, generator);
                long start = System.nanoTime();
                BodyPass.run(body, x, generator);
                if (run >= 0) {
                    seconds[run] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        body.release();
        Arrays.sort(seconds);
        return seconds[RUNS / 2];
    }
}

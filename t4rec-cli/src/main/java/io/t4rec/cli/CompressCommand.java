package io.t4rec.cli;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.model.Bundle;
import io.t4rec.model.Exclusion;
import io.t4rec.model.SessionModel;
import io.t4rec.model.ranking.ItemCodes;
import io.t4rec.model.ranking.ItemFilter;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.model.ranking.ProductQuantiser;
import io.t4rec.model.ranking.QuantisedRanker;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.train.Evaluator;
import io.t4rec.train.RankedCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine;

/** Writes a bundle that ranks by product-quantised items, and tells what that costs and brings. */
@CommandLine.Command(
        name = "compress",
        description = {
            "Quantise the items of a bundle, for fast ranking in catalogues of hundreds of thousands of items.",
            "%nEach item becomes a few bytes. Shows quality, bytes read by a request, and time of a request's ranking, exact and quantised, on the same cases. The trained weights stay in the bundle."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  t4rec compress run/bundle --events test/events.parquet --output run/small",
            "  t4rec compress run/bundle --events test/events.parquet --splits 16 --exclude seen --output run/small --json"
        })
final class CompressCommand extends Command {
    private static final int TIMED = 300;

    @CommandLine.Parameters(
            index = "0",
            paramLabel = "BUNDLE",
            description = "Directory of a bundle, as train writes it: RUN/bundle.")
    private Path bundle;

    @CommandLine.Option(
            names = "--events",
            required = true,
            paramLabel = "EVENTS",
            description = "Events to measure the loss on, imported (Parquet).")
    private Path events;

    @CommandLine.Option(
            names = "--output",
            required = true,
            paramLabel = "BUNDLE2",
            description = "Directory to write; replaced when it is a bundle.")
    private Path output;

    @CommandLine.Option(
            names = "--splits",
            defaultValue = "8",
            paramLabel = "M",
            description =
                    "Bytes of an item; divides the width of item vectors. More keep more quality. Default: ${DEFAULT-VALUE}.")
    private int splits;

    @CommandLine.Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Of the k-means: same bundle and seed, same codes. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @CommandLine.Option(
            names = "--exclude",
            defaultValue = "none",
            paramLabel = "ITEMS",
            description =
                    "Items of the session that don't compete, as for evaluate: none, current or seen. Default: ${DEFAULT-VALUE}.")
    private String exclude;

    @CommandLine.Option(
            names = "-k",
            defaultValue = "20",
            paramLabel = "K",
            description = "How many places count: recall@K and NDCG@K. Default: ${DEFAULT-VALUE}.")
    private int k;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    CompressCommand() {}

    @Override
    Map<String, Object> run() throws IOException {
        Checks.atLeastOne("-k", k);
        Checks.atLeastOne("--splits", splits);
        Evaluator evaluator = new Evaluator(false, Exclusion.of(exclude), 0);
        Checks.parquet(events);
        Bundle loaded = Bundle.load(bundle);
        SessionModel model = loaded.model();
        long width = model.itemVectors().size(1);
        if (width % splits != 0) {
            throw new ConfigException(
                    "--splits: " + splits + " (expected: a divisor of " + width + ", the width of item vectors)");
        }
        ProductQuantiser quantiser = new ProductQuantiser(splits, seed);
        ItemCodes codes = progress()
                .during(
                        "Quantising",
                        () -> quantiser.fit(
                                model.itemVectors(), model.config().head().firstItem()));
        Map<String, Object> result = compared(loaded, codes, evaluator);
        Bundle.write(output, model, loaded.workflow(), loaded.metrics(), codes);
        return result;
    }

    private Map<String, Object> compared(Bundle loaded, ItemCodes codes, Evaluator evaluator) throws IOException {
        SessionModel model = loaded.model();
        ItemRanker exact = model.exactRanker();
        ItemRanker quantised = new QuantisedRanker(codes, model.config().head().firstItem());
        Path folder = Files.createTempDirectory("t4rec");
        try {
            Path sequences = folder.resolve("sequences.parquet");
            Checks.sequences(
                    events,
                    progress()
                            .during("Making sequences", () -> loaded.workflow().transform(events, sequences)));
            try (BatchLoader loader =
                    BatchLoader.open(List.of(sequences), model.schema(), LoaderConfig.evaluation(256))) {
                Map<String, Object> result = new LinkedHashMap<>();
                RankedCases cases = ranked(evaluator, model, exact, loader);
                result.put("cases", cases.ranks().length);
                cases.means(k).forEach((name, value) -> result.put(name + " exact", value));
                ranked(evaluator, model, quantised, loader)
                        .means(k)
                        .forEach((name, value) -> result.put(name + " quantised", value));
                result.put("item bytes exact", 4L * model.itemVectors().elements());
                result.put("item bytes quantised", codes.bytes());
                try (BatchLoader.Epoch batches = loader.epoch(0)) {
                    SequenceBatch batch = batches.next();
                    result.put("ranking milliseconds exact", milliseconds(model, exact, batch));
                    result.put("ranking milliseconds quantised", milliseconds(model, quantised, batch));
                }
                return result;
            }
        } finally {
            AtomicFiles.deleteTree(folder);
        }
    }

    private RankedCases ranked(Evaluator evaluator, SessionModel model, ItemRanker ranker, BatchLoader loader)
            throws IOException {
        return progress().during("Ranking", () -> evaluator.rank(model, ranker, loader));
    }

    /** Median time in which the best k items for one session are found, on one thread, the model's pass not included. */
    private double milliseconds(SessionModel model, ItemRanker ranker, SequenceBatch batch) {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            int seen = Math.max(1, model.config().transformer().totalSeqLength() - 1);
            int[] rows = IntStream.range(0, batch.rowCount()).toArray();
            Tensor queries = model.queries(batch.rows(rows, seen));
            long[] nanos = new long[TIMED];
            for (int i = 0; i < 2 * TIMED; i++) { // the first half warms up
                Tensor query = queries.narrow(0, i % batch.rowCount(), 1);
                long start = System.nanoTime();
                ranker.top(query, List.of(ItemFilter.none()), k);
                nanos[i % TIMED] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            return nanos[TIMED / 2] / 1e6;
        }
    }
}

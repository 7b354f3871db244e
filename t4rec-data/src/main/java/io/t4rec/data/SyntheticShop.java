package io.t4rec.data;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * An invented shop, for trying things out and for tests that know the truth: items of Zipf popularity, categories, prices,
 * devices, more sessions by day (8 to 22 o'clock UTC) than by night, and a planted process that draws the next item from the current one. So the best possible recall and NDCG can be computed, and are
 * written beside the data. Sessions are streamed: any number of them needs no more memory.
 *
 * @param sessions number of sessions
 * @param items number of items, at least 50
 * @param seed of the shop itself: which item follows which
 * @param sessionSeed of the sessions drawn from it
 */
public record SyntheticShop(long sessions, int items, long seed, long sessionSeed) {
    private static final int SUCCESSORS = 6;
    private static final double[] SUCCESSOR_SHARES = {0.34, 0.22, 0.16, 0.12, 0.09, 0.07};
    private static final double FOLLOW = 0.85;
    private static final double STOP = 0.2;
    private static final int MIN_EVENTS = 2;
    private static final int MAX_EVENTS = 40;
    private static final int CATEGORIES = 20;
    private static final long START = 1_767_225_600L;
    private static final long NIGHT_SECONDS_BETWEEN_SESSIONS = 7;
    private static final long DAY_SECONDS_BETWEEN_SESSIONS = 3;
    private static final int DAY_BEGINS = 8;
    private static final int DAY_ENDS = 22;
    private static final int MAX_PAUSE_SECONDS = 90;

    /** @throws ConfigException for sizes out of range */
    public SyntheticShop {
        if (sessions < 1 || items < 50) {
            throw new ConfigException(
                    "shop: sessions " + sessions + ", items " + items + " (expected: >= 1 and >= 50)");
        }
    }

    /**
     * The best that any recommender can reach on the last event of each session, on average.
     *
     * @param recallAt20 chance that the next item is among the 20 most likely ones
     * @param ndcgAt20 its discounted form
     */
    public record Optimum(double recallAt20, double ndcgAt20) {}

    /** What the process knows of one item: its successors, and how good the best 20 guesses after it are. */
    private record NextItemProcess(int[][] successors, double[] popularity, double[] cumulative) {}

    /**
     * Writes {@code events.parquet}, {@code schema.pbtxt} and {@code optimum.json} into a directory.
     *
     * @throws IOException when the disk refuses
     */
    public Optimum write(Path directory) throws IOException {
        Files.createDirectories(directory);
        NextItemProcess process = process();
        Optimum[] optimum = new Optimum[1];
        Path text = Files.createTempFile(directory, "events", ".csv");
        try {
            try (BufferedWriter writer = Files.newBufferedWriter(text)) {
                optimum[0] = generate(process, writer);
            }
            AtomicFiles.file(directory.resolve("events.parquet"), temporary -> {
                try (Database database = Database.openInOrder()) {
                    database.writeParquet(
                            "select * from read_csv(" + Database.literal(text.toString())
                                    + ", header = true, columns = {'session_id': 'bigint', 'item_id': 'bigint', 'time': 'bigint',"
                                    + " 'category': 'bigint', 'price': 'double', 'device': 'varchar'})",
                            temporary);
                }
            });
        } finally {
            Files.deleteIfExists(text);
        }
        Schema.of(
                        ColumnSchema.scalar(EventImporter.SESSION, DType.INT64).withTags(Tag.SESSION_ID),
                        ColumnSchema.scalar(EventImporter.ITEM, DType.INT64).withTags(Tag.ITEM_ID),
                        ColumnSchema.scalar(EventImporter.TIME, DType.INT64).withTags(Tag.TIME),
                        ColumnSchema.scalar("category", DType.INT64),
                        ColumnSchema.scalar("price", DType.FLOAT64),
                        ColumnSchema.scalar("device", DType.STRING))
                .write(directory.resolve("schema.pbtxt"));
        ConfigFiles.writeJson(directory.resolve("optimum.json"), optimum[0]);
        return optimum[0];
    }

    private NextItemProcess process() {
        SplittableRandom random = new SplittableRandom(seed);
        double[] popularity = new double[items];
        double[] cumulative = new double[items];
        double total = 0;
        for (int i = 0; i < items; i++) {
            total += 1.0 / (i + 1);
        }
        double sum = 0;
        for (int i = 0; i < items; i++) {
            popularity[i] = 1.0 / (i + 1) / total;
            sum += popularity[i];
            cumulative[i] = sum;
        }
        int[][] successors = new int[items][];
        for (int i = 0; i < items; i++) {
            int self = i;
            successors[i] = random.ints(0, items)
                    .filter(j -> j != self)
                    .distinct()
                    .limit(SUCCESSORS)
                    .toArray();
        }
        return new NextItemProcess(successors, popularity, cumulative);
    }

    private Optimum generate(NextItemProcess process, BufferedWriter writer) throws IOException {
        SplittableRandom random = new SplittableRandom(sessionSeed);
        double[][] best = new double[items][];
        double recall = 0;
        double ndcg = 0;
        writer.write("session_id,item_id,time,category,price,device\n");
        long begin = START;
        for (long session = 0; session < sessions; session++) {
            long time = begin;
            begin += secondsToNextSession(begin);
            String device = random.nextInt(3) == 0 ? "desktop" : "phone";
            int item = popular(process, random);
            int previous = item;
            int events = 0;
            do {
                event(writer, session, item, time, device);
                time += 1 + random.nextInt(MAX_PAUSE_SECONDS);
                events++;
                if (events >= MAX_EVENTS || (events >= MIN_EVENTS && random.nextDouble() < STOP)) {
                    break;
                }
                previous = item;
                item = next(process, item, random);
            } while (true);
            if (best[previous] == null) {
                best[previous] = best(process, previous);
            }
            recall += best[previous][0];
            ndcg += best[previous][1];
        }
        return new Optimum(recall / sessions, ndcg / sessions);
    }

    private static long secondsToNextSession(long time) {
        long hour = time / 3_600 % 24;
        return hour >= DAY_BEGINS && hour < DAY_ENDS ? DAY_SECONDS_BETWEEN_SESSIONS : NIGHT_SECONDS_BETWEEN_SESSIONS;
    }

    private static void event(BufferedWriter writer, long session, int item, long time, String device)
            throws IOException {
        long number = item + 1L;
        writer.write(
                (session + 1) + "," + number + "," + time * 1_000_000 + "," + (number * 2_654_435_761L % CATEGORIES)
                        + "," + (5 + number * 40_503 % 995) / 10.0 + "," + device + "\n");
    }

    private static int popular(NextItemProcess process, SplittableRandom random) {
        int found = Arrays.binarySearch(
                process.cumulative, random.nextDouble() * process.cumulative[process.cumulative.length - 1]);
        return Math.min(process.cumulative.length - 1, found >= 0 ? found : -found - 1);
    }

    private static int next(NextItemProcess process, int item, SplittableRandom random) {
        if (random.nextDouble() >= FOLLOW) {
            return popular(process, random);
        }
        double draw = random.nextDouble();
        for (int i = 0; i < SUCCESSORS; i++) {
            draw -= SUCCESSOR_SHARES[i];
            if (draw < 0) {
                return process.successors[item][i];
            }
        }
        return process.successors[item][SUCCESSORS - 1];
    }

    /** Recall and NDCG of the 20 most likely items after one. */
    private double[] best(NextItemProcess process, int item) {
        double[] chances = new double[items];
        for (int i = 0; i < items; i++) {
            chances[i] = (1 - FOLLOW) * process.popularity[i];
        }
        for (int i = 0; i < SUCCESSORS; i++) {
            chances[process.successors[item][i]] += FOLLOW * SUCCESSOR_SHARES[i];
        }
        Arrays.sort(chances);
        double recall = 0;
        double ndcg = 0;
        for (int rank = 1; rank <= 20; rank++) {
            recall += chances[items - rank];
            ndcg += chances[items - rank] * Math.log(2) / Math.log(rank + 1);
        }
        return new double[] {recall, ndcg};
    }
}

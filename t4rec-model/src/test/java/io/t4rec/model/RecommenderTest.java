package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.Column;
import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import io.t4rec.data.LoaderConfig;
import io.t4rec.data.SequenceBatch;
import io.t4rec.data.Table;
import io.t4rec.etl.Vocabulary;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.model.ranking.ItemCodes;
import io.t4rec.model.ranking.ProductQuantiser;
import io.t4rec.nn.Pass;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bundles and what is recommended from them. */
class RecommenderTest {
    private static final int LONGEST = 6;
    private static final int ALL = 1000;

    @TempDir
    Path folder;

    private Path events;
    private Workflow workflow;
    private final Map<Long, List<long[]>> sessions = new LinkedHashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        SplittableRandom random = new SplittableRandom(17);
        StringBuilder csv = new StringBuilder("session_id,item_id,time,price\n");
        for (long session = 1; session <= 40; session++) {
            List<long[]> rows = new ArrayList<>();
            for (int i = 0, n = 2 + random.nextInt(9); i < n; i++) {
                long[] row = {100 + random.nextInt(15), i, random.nextInt(50)};
                rows.add(row);
                csv.append(session)
                        .append(',')
                        .append(row[0])
                        .append(',')
                        .append(row[1])
                        .append(',')
                        .append(row[2] + 0.5);
                csv.append('\n');
            }
            sessions.put(session, rows);
        }
        events = folder.resolve("events.parquet");
        Path input = Files.writeString(folder.resolve("events.csv"), csv);
        EventImporter.run(input, EventFormat.CSV, EventFormat.EventColumns.standard(), events);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of("price"), LONGEST, false), events, schema);
    }

    private SessionModel model(String type, String task) {
        Masking masking = task.equals("rtd") // with everything that such a bundle can hold
                ? ReplacedItemMasking.defaults().withGenerator(new ReplacedItemMasking.GeneratorSize(8, 2, 1))
                : Cycles.task(task);
        TransformerSettings body = new TransformerSettings(type, 16, 2, 1, LONGEST, "gelu", 0.3, 1e-5, 0.1, null);
        InputConfig input = new InputConfig(8, Map.of(), 2, 0.5, null, "concat", true, false, 0, 0);
        ModelConfig config = new ModelConfig(input, masking, body, HeadConfig.defaults());
        return SessionModel.create(config, workflow.outputSchema(), 3);
    }

    private Recommender recommender(String type, String task) throws IOException {
        Path bundle = folder.resolve("bundle");
        SessionModel model = model(type, task);
        Bundle.write(bundle, model, workflow, Map.of("ndcg@20", 0.5));
        model.release();
        return Recommender.load(bundle);
    }

    /** The first events of a session. */
    private Table request(long session, int count) {
        List<long[]> rows = sessions.get(session).subList(0, count);
        return request(session, rows.stream().mapToLong(row -> row[0]).toArray(), rows);
    }

    private static Table request(long session, long[] items, List<long[]> rows) {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("session_id", Column.of(items.clone()));
        Arrays.fill(((Column.Longs) columns.get("session_id")).values(), session);
        columns.put("item_id", Column.of(items));
        columns.put(
                "time",
                Column.of(rows.stream().mapToLong(row -> row[1] * 1_000_000).toArray()));
        columns.put(
                "price",
                Column.of(rows.stream().mapToDouble(row -> row[2] + 0.5).toArray()));
        return Table.of(columns);
    }

    private static List<Recommendation.ScoredItem> one(List<Recommendation> found) {
        assertThat(found).hasSize(1);
        return found.get(0).items();
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2,clm",
        "xlnet,mlm",
        "xlnet,clm",
        "xlnet,plm",
        "bert,mlm",
        "bert,rtd",
        "gru,clm",
        "sasrec,clm",
        "esasrec,clm",
        "hstu,clm",
        "gru4rec,clm",
        "transfo-xl,clm",
        "longformer,clm",
        "longformer,mlm",
        "reformer,clm",
        "reformer,mlm"
    })
    void recommendsWhatEvaluationRanksForTheSameSession(String type, String task) throws IOException {
        if (type.equals("hstu")) {
            Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
            WorkflowConfig timed = WorkflowConfig.sessions(schema, List.of("price"), LONGEST, false, 0, true);
            workflow = Workflow.fit(timed, events, schema);
        }
        Recommender recommender = recommender(type, task);
        SessionModel model = recommender.bundle().model();
        workflow.transform(events, folder.resolve("prepared/sessions.parquet"));
        LoaderConfig config = LoaderConfig.evaluation(128, LONGEST);
        try (BatchLoader loader =
                BatchLoader.open(List.of(folder.resolve("prepared/sessions.parquet")), model.schema(), config)) {
            SequenceBatch all = loader.epoch(0).next();
            int compared = 0;
            for (Map.Entry<Long, List<long[]>> session : sessions.entrySet()) {
                int length = session.getValue().size();
                List<Recommendation.ScoredItem> found = one(
                        recommender.recommend(request(session.getKey(), length - 1), ALL, RecommendOptions.defaults()));
                compared += compare(model, recommender, all, session.getValue(), found);
            }
            assertThat(compared).as("sessions found in the training file").isEqualTo(sessions.size());
        }
    }

    /** The price stands for a value of the session here. */
    @Test
    void scoresWithTheContextOfTheSessionAsEvaluationDoes() throws IOException {
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        workflow = Workflow.fit(
                WorkflowConfig.sessions(schema, List.of(), List.of("price"), LONGEST, false, 0, false), events, schema);
        assertThat(workflow.outputSchema().get("price").isList()).isFalse();
        Recommender recommender = recommender("gpt2", "clm");
        assertThat(recommender.contextColumns()).containsExactly("price");
        SessionModel model = recommender.bundle().model();
        workflow.transform(events, folder.resolve("prepared/sessions.parquet"));
        LoaderConfig config = LoaderConfig.evaluation(128, LONGEST);
        try (BatchLoader loader =
                BatchLoader.open(List.of(folder.resolve("prepared/sessions.parquet")), model.schema(), config)) {
            SequenceBatch all = loader.epoch(0).next();
            int compared = 0;
            for (Map.Entry<Long, List<long[]>> session : sessions.entrySet()) {
                int length = session.getValue().size();
                List<Recommendation.ScoredItem> found = one(
                        recommender.recommend(request(session.getKey(), length - 1), ALL, RecommendOptions.defaults()));
                compared += compare(model, recommender, all, session.getValue(), found);
            }
            assertThat(compared).as("sessions found in the training file").isEqualTo(sessions.size());
        }
        Table first = request(1, new long[] {100}, List.of(new long[] {100, 0, 0}));
        Table other = request(1, new long[] {100}, List.of(new long[] {100, 0, 40}));
        assertThat(one(recommender.recommend(first, 3, RecommendOptions.defaults())))
                .as("the context counts")
                .isNotEqualTo(one(recommender.recommend(other, 3, RecommendOptions.defaults())));
    }

    /** Finds the session in the prepared file by its ids, evaluates it, and compares all scores. */
    private int compare(
            SessionModel model,
            Recommender recommender,
            SequenceBatch all,
            List<long[]> session,
            List<Recommendation.ScoredItem> found) {
        Vocabulary items = workflow.vocabulary("item_id");
        int kept = Math.min(LONGEST, session.size());
        long[] ids = session.subList(session.size() - kept, session.size()).stream()
                .mapToLong(row -> items.id(row[0]))
                .toArray();
        for (int row = 0; row < all.rowCount(); row++) {
            long[] prepared = Arrays.copyOfRange(all.longs("item_id"), all.offsets()[row], all.offsets()[row + 1]);
            if (!Arrays.equals(prepared, ids)) {
                continue;
            }
            try (Scope scope = Scope.open();
                    Autograd off = Autograd.disabled()) {
                MaskedBatch masked = model.mask(all.rows(row, row + 1), Mode.EVALUATE_LAST, new SplittableRandom(1));
                long[] positions = Targets.of(masked.masked(), 0, 1).outputs();
                Tensor hidden = model.hidden(BatchRows.all(masked), positions, Pass.inference());
                float[] scores =
                        hidden.matmul(model.itemTable().value().transpose(0, 1)).toFloats();
                assertThat(found).hasSize(scores.length - 3);
                for (Recommendation.ScoredItem item : found) {
                    assertThat(item.score()).isCloseTo(scores[(int) items.id(item.item())], within(1e-5));
                }
            }
            return 1;
        }
        return 0;
    }

    @Test
    void answersSeveralSessionsAsEachAlone() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        Table both = Table.of(Map.of(
                "session_id", Column.of(8, 9, 8),
                "item_id", Column.of(100, 101, 102),
                "time", Column.of(1, 1, 2),
                "price", Column.of(1.5, 2.5, 3.5)));
        List<Recommendation> together =
                recommender.recommend(both, 5, List.of(RecommendOptions.defaults(), RecommendOptions.unseen()));
        assertThat(together).extracting(Recommendation::session).containsExactly(8L, 9L);
        List<Recommendation> first = recommender.recommend(both.rows(new int[] {0, 2}), 5, RecommendOptions.defaults());
        List<Recommendation> second = recommender.recommend(both.rows(new int[] {1}), 5, RecommendOptions.unseen());
        assertSame(together.get(0), first.get(0));
        assertSame(together.get(1), second.get(0));
    }

    @Test
    void answersAUserByTheNewestSessionAndLeavesOutItemsOfOlderOnes() throws IOException {
        Schema schema = workflow.inputSchema();
        workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of("price"), LONGEST, false, 60), events, schema);
        Recommender recommender = recommender("gpt2", "clm");
        long later = 61_000_000;
        Table users = Table.of(Map.of(
                "session_id", Column.of(8, 9, 8, 8, 8),
                "item_id", Column.of(100, 101, 102, 103, 104),
                "time", Column.of(0, 5, 1, later + 2, later + 1),
                "price", Column.of(1.5, 2.5, 3.5, 0.5, 4.5)));
        List<Recommendation> found = recommender.recommend(users, 5, RecommendOptions.defaults());
        assertThat(found).extracting(Recommendation::session).containsExactly(8L, 9L);
        Table newest = users.rows(new int[] {4, 3});
        assertSame(
                found.get(0),
                recommender.recommend(newest, 5, RecommendOptions.defaults()).get(0));
        assertThat(names(recommender, users.rows(new int[] {0, 2, 3, 4}), RecommendOptions.unseen()))
                .hasSize(11)
                .doesNotContain(100L, 102L, 103L, 104L);
    }

    private static void assertSame(Recommendation actual, Recommendation expected) {
        assertThat(actual.items())
                .extracting(Recommendation.ScoredItem::item)
                .isEqualTo(expected.items().stream()
                        .map(Recommendation.ScoredItem::item)
                        .toList());
        for (int i = 0; i < actual.items().size(); i++) {
            assertThat(actual.items().get(i).score())
                    .isCloseTo(expected.items().get(i).score(), within(1e-5));
        }
    }

    @Test
    void keepsToTheItemsAskedFor() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        Table request = request(1, 1);
        List<Object> everything = names(recommender, request, RecommendOptions.defaults());
        assertThat(everything).hasSize(15).doesNotHaveDuplicates();
        Object seen = sessions.get(1L).get(0)[0];
        assertThat(names(recommender, request, RecommendOptions.unseen()))
                .hasSize(14)
                .doesNotContain(seen);
        RecommendOptions allow = new RecommendOptions(false, Set.of(103L, 104L, 999L), Set.of());
        assertThat(names(recommender, request, allow)).containsExactlyInAnyOrder(103L, 104L);
        RecommendOptions deny = new RecommendOptions(false, Set.of(103L, 104L), Set.of(104));
        assertThat(names(recommender, request, deny))
                .as("an Integer is as good as a Long")
                .containsExactly(103L);
        assertThat(names(recommender, request, new RecommendOptions(false, Set.of(), Set.of())))
                .isEmpty();
    }

    @Test
    void leavesOutItemsSeenBeforeTheNewestOnes() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        long[] items = {100, 101, 102, 103, 104, 105, 106, 107, 108};
        List<long[]> rows = new ArrayList<>();
        for (int i = 0; i < items.length; i++) {
            rows.add(new long[] {items[i], i, 1});
        }
        assertThat(names(recommender, request(5, items, rows), RecommendOptions.unseen()))
                .containsExactlyInAnyOrder(109L, 110L, 111L, 112L, 113L, 114L);
    }

    private static List<Object> names(Recommender recommender, Table request, RecommendOptions options) {
        return one(recommender.recommend(request, ALL, options)).stream()
                .map(Recommendation.ScoredItem::item)
                .toList();
    }

    @Test
    void toleratesItemsNeverSeenInTraining() throws IOException {
        Recommender recommender = recommender("xlnet", "mlm");
        List<long[]> rows = List.of(new long[] {77_777, 0, 1}, new long[] {88_888, 1, 1});
        Table request = request(5, new long[] {77_777, 88_888}, rows);
        assertThat(one(recommender.recommend(request, 4, RecommendOptions.unseen())))
                .hasSize(4);
    }

    @Test
    void answersManyThreadsAtOnce() throws Exception {
        Recommender recommender = recommender("gpt2", "clm");
        List<Recommendation> expected = recommender.recommend(request(1, 2), 5, RecommendOptions.defaults());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<List<Recommendation>>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                calls.add(() -> recommender.recommend(request(1, 2), 5, RecommendOptions.defaults()));
            }
            for (Future<List<Recommendation>> answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void keepsItsMemoryOverThousandsOfCalls() throws IOException {
        Path statistics = Path.of("/proc/self/statm");
        Assumptions.assumeTrue(Files.exists(statistics), "resident memory is read from " + statistics);
        Recommender recommender = recommender("gpt2", "clm");
        Table request = request(1, 2);
        call(recommender, request, 12_000); // the Java heap finds its size meanwhile
        long before = residentPages(statistics);
        call(recommender, request, 8_000);
        assertThat(residentPages(statistics) - before)
                .as("pages of 4 KiB; one a call would be a leak")
                .isLessThan(4_000);
    }

    private static void call(Recommender recommender, Table request, int times) {
        for (int i = 0; i < times; i++) {
            recommender.recommend(request, 5, RecommendOptions.unseen());
        }
    }

    private static long residentPages(Path statistics) throws IOException {
        return Long.parseLong(Files.readString(statistics).split(" ")[1]);
    }

    @Test
    void refusesToRecommendNothing() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        assertThatThrownBy(() -> recommender.recommend(request(1, 1), 0, RecommendOptions.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("k: 0 (expected: >= 1)");
        assertThatThrownBy(() -> recommender.recommend(
                        request(1, 1).without(List.of("item_id")), 3, RecommendOptions.defaults()))
                .hasMessageContaining("item_id");
    }

    @Test
    void refusesOptionsThatAreNotOneForEachSession() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        RecommendOptions all = RecommendOptions.defaults();
        for (List<RecommendOptions> options : List.of(List.<RecommendOptions>of(), List.of(all, all))) {
            assertThatThrownBy(() -> recommender.recommend(request(1, 1), 3, options))
                    .isInstanceOf(DataException.class)
                    .hasMessage("options: " + options.size() + " (expected: 1, one for each session)");
        }
    }

    @Test
    void saysThatAReleasedModelMustNotBeUsed() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        recommender.bundle().model().release();
        assertThatThrownBy(() -> recommender.recommend(request(1, 1), 3, RecommendOptions.defaults()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tensor: its memory was freed");
    }

    @Test
    void keepsModelWorkflowAndMetricsInABundle() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        assertThat(recommender.bundle().metrics()).containsEntry("ndcg@20", 0.5);
        assertThat(recommender.modelVersion()).matches("[0-9a-f]{12}");
        assertThat(recommender.bundle().model().config())
                .isEqualTo(model("gpt2", "clm").config());
        assertThat(recommender.inputSchema().names()).contains("session_id", "item_id", "time", "price");
    }

    @Test
    void refusesABundleInWhichOneBitChanged() throws IOException {
        recommender("gpt2", "clm");
        Path bundle = folder.resolve("bundle");
        List<Path> files;
        try (var walk = Files.walk(bundle)) {
            files = walk.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("bundle.json"))
                    .toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(6);
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            byte[] changed = bytes.clone();
            changed[changed.length / 2] ^= 1;
            Files.write(file, changed);
            assertThatThrownBy(() -> Bundle.load(bundle))
                    .as(file.toString())
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(file.getFileName().toString())
                    .hasMessageContaining("changed since it was written");
            Files.write(file, bytes);
        }
        Files.delete(bundle.resolve("weights.safetensors"));
        assertThatThrownBy(() -> Bundle.load(bundle))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("files missing [weights.safetensors]");
    }

    @Test
    void refusesAnUnknownVersionAndADamagedDescription() throws IOException {
        recommender("gpt2", "clm");
        Path file = folder.resolve("bundle/bundle.json");
        String json = Files.readString(file);
        Files.writeString(file, json.replaceFirst("(\"formatVersion\"\\s*:\\s*)1", "$19"));
        assertThatThrownBy(() -> Bundle.load(file.getParent()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("bundle.json: format version 9 (expected: 1");
        for (String damaged :
                List.of("", "{}", "{\"formatVersion\": 1}", json.substring(0, json.length() / 2), "null")) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> Bundle.load(file.getParent()))
                    .as(damaged)
                    .isInstanceOf(ModelFormatException.class);
        }
        Files.delete(file);
        assertThatThrownBy(() -> Bundle.load(file.getParent()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a directory with bundle.json");
    }

    @Test
    void leavesTheOldBundleWhenTheNewOneCannotBeWritten() throws IOException {
        recommender("gpt2", "clm");
        Path bundle = folder.resolve("bundle");
        SessionModel other = model("gru", "clm");
        assertThatThrownBy(() -> Bundle.write(bundle.resolve("bundle.json/inside"), other, workflow, Map.of()))
                .isInstanceOf(IOException.class);
        assertThat(Bundle.load(bundle).model().config().transformer().type()).isEqualTo("gpt2");
        Bundle.write(bundle, other, workflow, Map.of());
        assertThat(Bundle.load(bundle).model().config().transformer().type()).isEqualTo("gru");
    }

    @Test
    void scoresGivenCandidatesAsItRecommendsThem() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        Table request = request(1, 2);
        List<Recommendation.ScoredItem> all = one(recommender.recommend(request, ALL, RecommendOptions.defaults()));
        List<Object> candidates = List.of(111L, 103, 777L, 103L);
        List<Recommendation.ScoredItem> scored = one(recommender.score(request, candidates));
        assertThat(scored).extracting(Recommendation.ScoredItem::item).containsExactlyInAnyOrder(103L, 111L);
        for (Recommendation.ScoredItem item : scored) {
            double expected = all.stream()
                    .filter(one -> one.item().equals(item.item()))
                    .findFirst()
                    .orElseThrow()
                    .score();
            assertThat(item.score()).isCloseTo(expected, within(1e-5));
        }
        assertThat(scored.get(0).score()).isGreaterThanOrEqualTo(scored.get(1).score());
        assertThat(recommender.unknown(candidates)).containsExactly(777L);
        assertThatThrownBy(() -> recommender.score(request, List.of()))
                .isInstanceOf(DataException.class)
                .hasMessage("candidates: none (expected: at least one item id)");
    }

    @Test
    void findsItemsLikeAnItem() throws IOException {
        Recommender recommender = recommender("gpt2", "clm");
        List<Recommendation.ScoredItem> found = recommender.similar(103L, ALL, SimilarOptions.defaults());
        assertThat(found)
                .hasSize(14)
                .extracting(Recommendation.ScoredItem::item)
                .doesNotContain(103L);
        Recommendation.ScoredItem best = found.get(0);
        assertThat(recommender.similar(best.item(), ALL, SimilarOptions.defaults()).stream()
                        .filter(back -> back.item().equals(103L))
                        .findFirst()
                        .orElseThrow()
                        .score())
                .as("likeness goes both ways")
                .isCloseTo(best.score(), within(1e-6));
        assertThatThrownBy(() -> recommender.similar(777L, 3, SimilarOptions.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessage("item: 777 (expected: an item of the training data)");
        assertThatThrownBy(() -> recommender.similar(103L, 0, SimilarOptions.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessage("k: 0 (expected: >= 1)");
    }

    @Test
    void ranksByQuantisedItemsOfTheBundleAndRefusesOneOfTheWrongVersion() throws IOException {
        Recommender exact = recommender("gpt2", "clm");
        SessionModel model = exact.bundle().model();
        Path small = folder.resolve("small");
        ItemCodes codes = new ProductQuantiser(8, 1).fit(model.itemTable().value(), 3);
        Bundle.write(small, model, workflow, Map.of(), codes);
        Recommender quantised = Recommender.load(small);
        ItemCodes loaded = quantised.bundle().codes();
        assertThat(loaded).isNotNull();
        assertThat(loaded.codes()).isEqualTo(codes.codes());
        assertThat(loaded.centroids()).isEqualTo(codes.centroids());
        assertThat(quantised.modelVersion()).hasSize(12).isNotEqualTo(exact.modelVersion());
        // 15 items have centroids of their own, so nothing is lost
        Table request = request(1, 2);
        assertSame(
                quantised.recommend(request, ALL, RecommendOptions.unseen()).get(0),
                exact.recommend(request, ALL, RecommendOptions.unseen()).get(0));
        Path file = small.resolve("bundle.json");
        String json = Files.readString(file);
        Files.writeString(file, json.replaceFirst("(\"formatVersion\"\\s*:\\s*)2", "$11"));
        assertThatThrownBy(() -> Bundle.load(small))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("format version 1 with ranking.safetensors (expected: 2");
        Files.writeString(file, json.replaceFirst("(?s),[^,]*\"ranking.safetensors\"[^,}]*", ""));
        assertThatThrownBy(() -> Bundle.load(small))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("format version 2 without ranking.safetensors (expected: 1");
        Files.writeString(file, json);
        Path codesFile = small.resolve("ranking.safetensors");
        byte[] bytes = Files.readAllBytes(codesFile);
        bytes[bytes.length - 1] ^= 1;
        Files.write(codesFile, bytes);
        assertThatThrownBy(() -> Bundle.load(small))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("changed since it was written");
    }
}

package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.model.Recommender;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loading a bundle anew while requests go on. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LoadTest {
    private static final String LOAD = "/v2/repository/models/t4rec/load";
    private static final String GOOD = "{\"events\":[{\"item_id\":1},{\"item_id\":2}],\"k\":5}";

    @TempDir
    static Path folder;

    private static Path bundle;
    private static RecommendServer server;
    private static TestClient client;

    @BeforeAll
    static void startsOnAFreePort() throws IOException {
        bundle = TestShop.bundle(folder, 1);
        server = RecommendServer.start(bundle, ServerConfig.builder().port(0).build());
        client = new TestClient(server);
    }

    @AfterAll
    static void stops() {
        server.close();
    }

    @BeforeEach
    void servesTheFirstModel() throws IOException {
        TestShop.bundle(folder, 1);
        assertThat(client.post(LOAD, "{}").statusCode()).isEqualTo(200);
    }

    private String version() {
        return TestClient.ok(client.get("/v2/models/t4rec"))
                .path("versions")
                .get(0)
                .asText();
    }

    /** Without scores: their last digits depend on which requests are answered together. */
    private String versionAndItems() {
        JsonNode answer = TestClient.ok(client.post("/recommend", GOOD));
        return answer.path("version").asText() + answer.path("items").findValuesAsText("item_id");
    }

    @Test
    void swapsModelsWithoutFailingARequest() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<CompletableFuture<Set<String>>> users = new ArrayList<>();
        for (int user = 0; user < 3; user++) {
            users.add(CompletableFuture.supplyAsync(() -> {
                Set<String> answers = new HashSet<>();
                while (!done.get()) {
                    answers.add(versionAndItems());
                }
                return answers;
            }));
        }
        Set<String> expected = new HashSet<>();
        expected.add(versionAndItems());
        for (int seed = 2; seed <= 5; seed++) {
            TestShop.bundle(folder, seed);
            HttpResponse<String> loaded = client.post(LOAD, "{}");
            assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
            expected.add(versionAndItems());
        }
        done.set(true);
        assertThat(expected).hasSize(5);
        for (CompletableFuture<Set<String>> user : users) {
            // never a mixture: items of one model under the version of another
            assertThat(expected).containsAll(user.get());
        }
    }

    @Test
    void answersWithTheNewVersionAndForgetsTheOld() throws IOException {
        String before = version();
        TestShop.bundle(folder, 2);
        assertThat(client.send("POST", LOAD, "").statusCode()).isEqualTo(200);
        assertThat(version()).isNotEqualTo(before);
        assertThat(TestClient.ok(client.post("/recommend", GOOD))
                        .path("version")
                        .asText())
                .isEqualTo(version());
        TestClient.error(client.get("/v2/models/t4rec/versions/" + before), 404);
        TestClient.error(client.post("/v2/models/t4rec/versions/" + before + "/infer", "{}"), 404);
        assertThat(TestClient.ok(client.post("/v2/repository/index", "{\"ready\":true}"))
                        .toString())
                .isEqualTo(
                        "[{\"name\":\"t4rec\",\"version\":\"" + version() + "\",\"state\":\"READY\",\"reason\":\"\"}]");
    }

    @Test
    void keepsTheOldModelWhenTheNewOneIsDamaged() throws IOException {
        String before = TestClient.ok(client.post("/recommend", GOOD)).toString();
        for (String file : List.of("weights.safetensors", "schema.pbtxt", "bundle.json", "model.json")) {
            TestShop.bundle(folder, 2);
            byte[] bytes = Files.readAllBytes(bundle.resolve(file));
            bytes[bytes.length / 2] ^= 0x15;
            Files.write(bundle.resolve(file), bytes);
            assertThat(TestClient.error(client.post(LOAD, "{}"), 400))
                    .contains("goes on")
                    .doesNotContain(folder.toString());
            assertThat(TestClient.ok(client.post("/recommend", GOOD)).toString())
                    .isEqualTo(before);
        }
        Files.delete(bundle.resolve("bundle.json"));
        TestClient.error(client.post(LOAD, "{}"), 400);
        assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
        assertThat(TestClient.ok(client.post("/recommend", GOOD)).toString()).isEqualTo(before);
    }

    @Test
    void loadsFromNowhereElse() {
        String body = "{\"parameters\":{\"config\":\"{}\",\"file:1/model\":\"L2V0Yy9wYXNzd2Q=\"}}";
        assertThat(TestClient.error(client.post(LOAD, body), 400)).contains("parameters.config: unknown");
        assertThat(TestClient.error(client.post(LOAD, "{\"path\":\"/tmp\"}"), 400))
                .contains("path: unknown");
        TestClient.error(client.post("/v2/repository/models/other/load", "{}"), 404);
        TestClient.error(client.post("/v2/repository/models/..%2Fother/load", "{}"), 400);
        assertThat(TestClient.error(client.post("/v2/repository/models/t4rec/unload", "{}"), 400))
                .contains("unload");
    }

    @Test
    void oneLoadAtATimeOthersGet503() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> loads = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            loads.add(client.sendAsync(LOAD, "{}"));
        }
        int loaded = 0;
        for (CompletableFuture<HttpResponse<String>> load : loads) {
            if (load.get().statusCode() == 200) {
                loaded++;
            } else {
                assertThat(TestClient.error(load.get(), 503)).contains("another one is under way");
            }
        }
        assertThat(loaded).isPositive().isLessThan(12);
        TestClient.ok(client.post("/recommend", GOOD));
    }

    @Test
    void aModelFromMemoryCannotBeLoadedAnewAndStaysItsOwners() throws IOException {
        Recommender recommender = Recommender.load(bundle);
        try (RecommendServer memory = RecommendServer.start(
                recommender, ServerConfig.builder().port(0).build())) {
            assertThat(TestClient.error(new TestClient(memory).post(LOAD, "{}"), 400))
                    .contains("from memory");
        }
        ServedModel model = new ServedModel("still there", recommender, () -> {});
        model.tryOut();
    }
}

package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input: a message that says where and what, the right exit code, no stack trace, and nothing on disk changed. */
class BadInputTest {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final String HEAD = "session_id,item_id,time,price\n";
    private static final String GOOD =
            HEAD + "1,9000000001,1,0.5\n1,9000000002,2,1.5\n2,9000000002,1,1.5\n2,9000000001,2,0.5\n";

    @TempDir
    static Path folder;

    /** Imported events, prepared data and a bundle, made once; every test finds them as they were. */
    private static Path good;

    @TempDir
    Path own;

    private Map<String, String> before = Map.of();

    @BeforeAll
    static void makeGood() throws IOException {
        good = Files.createDirectory(folder.resolve("good"));
        Path text = Files.writeString(good.resolve("events.csv"), GOOD);
        assertThat(run("import", text.toString(), "--output", good + "/events.parquet")
                        .code())
                .isZero();
        assertThat(run("prepare", good + "/events.parquet", "--output", good + "/data")
                        .code())
                .isZero();
        Outcome trained = run("train", good + "/data", "--output", good + "/run", "--set", "training.epochs=1");
        assertThat(trained.code()).as(trained.err()).isZero();
    }

    @BeforeEach
    void remember() throws IOException {
        before = content(good);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                  | events.csv | empty      | expected
            session_id,item_id,time                             | events.csv | no event   | expected
            session_id,item,time;1,2,3                          | events.csv | item_id    | did you mean item?
            session_id,item_id,time;1,2,3;1,,4                  | events.csv | row 2      | column item_id
            session_id,item_id,time;,2,3                        | events.csv | row 1      | column session_id
            session_id,item_id,time;1,2,3;1,2,3;1,2,yesterday   | row 3      | column time | 'yesterday'
            session_id,item_id,time;1,2,99999999999999999999999 | row 1      | column time | expected
            session_id,item_id,time,price;1,2,3,4;1,2,4,NaN     | row 2      | column price | finite number
            session_id,item_id,time,price;1,2,3,4;1,2,4,-inf    | row 2      | column price | finite number
            """)
    void importNamesFileRowAndColumn(String text, String first, String second, String third) throws IOException {
        Path file = Files.writeString(own.resolve("events.csv"), text.replace(";", "\n"));
        refused(FAILED, List.of(first, second, third), "import", file.toString(), "--output", good + "/events.parquet");
    }

    @Test
    void importRefusesWhatIsNoText() throws IOException {
        byte[] noise = new byte[3_000];
        new SplittableRandom(1).nextBytes(noise);
        Path file = Files.write(own.resolve("noise.parquet"), noise);
        for (String format : List.of("csv", "parquet", "jsonl")) {
            refused(
                    FAILED,
                    List.of("noise.parquet"),
                    "import",
                    file.toString(),
                    "--format",
                    format,
                    "--output",
                    good + "/events.parquet");
        }
    }

    @Test
    void idsBeyondTheIntRangeComeBackAsTheyWere() {
        Outcome found = run("recommend", good + "/run/bundle", "9000000001", "-k", "500");
        assertThat(found.code()).isZero();
        assertThat(found.out()).as("k beyond the catalogue gives all items").hasLineCount(2);
        assertThat(found.out()).contains("9000000001").contains("9000000002");
    }

    /** The bundle of a run on events. */
    private String train(String events) throws IOException {
        Path file = Files.writeString(own.resolve("events.csv"), HEAD + events);
        assertThat(run("import", file.toString(), "--output", own + "/e.parquet")
                        .code())
                .isZero();
        assertThat(run("prepare", own + "/e.parquet", "--output", own + "/d").code())
                .isZero();
        assertThat(run("train", own + "/d", "--output", own + "/r", "--set", "training.epochs=1")
                        .code())
                .isZero();
        return own + "/r/bundle";
    }

    @Test
    void idsBeyondTheLongRangeStayText() throws IOException {
        String bundle = train("1,99999999999999999999,1,1\n1,7,2,1\n");
        assertThat(run("recommend", bundle, "7").out()).contains("99999999999999999999 ");
    }

    @Test
    void sessionsMayHaveTextForTheirIds() throws IOException {
        String bundle = train("ann,5,1,1\nann,7,2,1\n");
        assertThat(run("recommend", bundle, "7").out()).contains("5 ");
    }

    @Test
    void sessionsOfOneEventAreNoTrainingData() throws IOException {
        Path file = Files.writeString(own.resolve("single.csv"), HEAD + "1,2,3,1\n2,3,4,1\n");
        assertThat(run("import", file.toString(), "--output", own + "/single.parquet")
                        .code())
                .isZero();
        refused(
                FAILED,
                List.of("single.parquet", "two or more events"),
                "prepare",
                own + "/single.parquet",
                "--output",
                good + "/data");
        refused(
                FAILED,
                List.of("single.parquet", "two or more events"),
                "evaluate",
                good + "/run/bundle",
                own + "/single.parquet");
    }

    @Test
    void filesThatWereNotImportedAreNamed() throws IOException {
        Path log = Files.copy(good.resolve("events.csv"), own.resolve("events.log"));
        refused(
                FAILED,
                List.of("events.log", "not readable as Parquet", "t4rec import"),
                "prepare",
                log.toString(),
                "--schema",
                good + "/schema.pbtxt",
                "--output",
                good + "/data");
        refused(FAILED, List.of("events.csv", "t4rec import"), "evaluate", good + "/run/bundle", good + "/events.csv");
        refused(FAILED, List.of("none.parquet"), "evaluate", good + "/run/bundle", own + "/none.parquet");
        refused(FAILED, List.of("none", "t4rec prepare"), "train", own + "/none", "--output", own + "/run");
    }

    @Test
    void aSchemaThatNamesAColumnTheFileLacksIsRefused() throws IOException {
        Path events = Files.copy(good.resolve("events.parquet"), own.resolve("events.parquet"));
        String schema = Files.readString(good.resolve("schema.pbtxt"));
        Files.writeString(own.resolve("schema.pbtxt"), schema.replace("name: \"price\"", "name: \"prize\""));
        refused(
                FAILED,
                List.of("events.parquet", "prize", "did you mean price?"),
                "prepare",
                events.toString(),
                "--output",
                good + "/data");
        Files.writeString(own.resolve("schema.pbtxt"), schema.substring(0, schema.length() - 4));
        refused(FAILED, List.of("schema.pbtxt"), "prepare", events.toString(), "--output", good + "/data");
    }

    @Test
    void aBundleWithAFlippedBitIsRefused() throws IOException {
        for (String name :
                List.of("weights.safetensors", "schema.pbtxt", "model.json", "workflow/vocabulary-0.parquet")) {
            Path bundle = copy(good.resolve("run/bundle"), own.resolve("bundle-" + name.replace('/', '-')));
            byte[] bytes = Files.readAllBytes(bundle.resolve(name));
            bytes[bytes.length / 2] ^= 1;
            Files.write(bundle.resolve(name), bytes);
            for (String command : List.of("inspect", "serve")) {
                refused(FAILED, List.of(name, "changed"), command, bundle.toString());
            }
            refused(FAILED, List.of(name, "changed"), "recommend", bundle.toString(), "9000000001");
        }
    }

    @Test
    void aBundleOfAnUnknownVersionIsRefused() throws IOException {
        Path bundle = copy(good.resolve("run/bundle"), own.resolve("bundle"));
        String text = Files.readString(bundle.resolve("bundle.json"));
        Files.writeString(
                bundle.resolve("bundle.json"), text.replace("\"formatVersion\" : 1", "\"formatVersion\" : 7"));
        refused(FAILED, List.of("bundle.json", "version 7", "expected: 1"), "inspect", bundle.toString());
        refused(FAILED, List.of("bundle.json"), "inspect", own.toString());
    }

    @Test
    void aTypoInTheExperimentFileIsNamedWithItsLine() throws IOException {
        Path config = Files.writeString(
                own.resolve("experiment.yaml"),
                "# mine\ntraining:\n  epochs: 3\n  batchsize: 64\nmodel:\n  head: {}\n");
        refused(USAGE, List.of("experiment.yaml:4", "training.batchsize", "did you mean batchSize?"), prepare(config));
        Files.writeString(config, "training:\n  epochs: many\n");
        refused(USAGE, List.of("experiment.yaml:2", "training.epochs", "many"), prepare(config));
        Files.writeString(config, "training:\n  epochs: 0\n");
        refused(USAGE, List.of("experiment.yaml:2", "training.epochs: 0", ">= 1"), prepare(config));
        Files.writeString(config, "training: [\n");
        refused(USAGE, List.of("experiment.yaml"), prepare(config));
        refused(USAGE, List.of("absent.yaml"), prepare(own.resolve("absent.yaml")));
    }

    private static String[] prepare(Path config) {
        return new String[] {
            "prepare", good + "/events.parquet", "--output", good + "/data", "--config", config.toString()
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            training.epochz=3          | did you mean epochs?
            training.epochs=x          | training.epochs
            data.maxLength=1           | data.maxLength: 1
            model.transformer.type=gtp | did you mean gpt2?
            epochs                     | KEY=VALUE
            """)
    void aBadSettingOnTheCommandLineIsNamed(String setting, String expected) {
        refused(
                USAGE,
                List.of(expected),
                "prepare",
                good + "/events.parquet",
                "--output",
                good + "/data",
                "--set",
                setting);
    }

    @Test
    void aSideColumnThatIsNotThereIsNamed() {
        refused(
                USAGE,
                List.of("prise", "did you mean price?"),
                "prepare",
                good + "/events.parquet",
                "--output",
                good + "/data",
                "--set",
                "data.sideColumns=[prise]");
    }

    @Test
    void itemsThatWereNeverTrainedAreMissesAndAreToldOf() throws IOException {
        Path file =
                Files.writeString(own.resolve("new.csv"), HEAD + "1,9000000001,1,1\n1,77,2,1\n2,78,1,1\n2,79,2,1\n");
        assertThat(run("import", file.toString(), "--output", own + "/new.parquet")
                        .code())
                .isZero();
        Outcome found = run("evaluate", good + "/run/bundle", own + "/new.parquet", "-k", "1000");
        assertThat(found.code()).isZero();
        assertThat(found.err()).contains("2 of 2 items to predict were never trained; each counts as a miss");
        assertThat(found.out()).contains("recall@1000").contains("0.0000  (95 %: 0.0000 to 0.0000)");
    }

    @Test
    void numbersOutOfRangeAndUnknownWordsAreUsageErrors() {
        String bundle = good + "/run/bundle";
        refused(USAGE, List.of("-k: 0"), "recommend", bundle, "1", "-k", "0");
        refused(USAGE, List.of("-k: 0"), "evaluate", bundle, good + "/events.parquet", "-k", "5,0");
        refused(USAGE, List.of("port: 99999"), "serve", bundle, "--port", "99999");
        refused(USAGE, List.of("--warm-up: -1 (expected: >= 0)"), "serve", bundle, "--warm-up", "-1");
        refused(USAGE, List.of("300.1.1.1"), "serve", bundle, "--host", "300.1.1.1");
        refused(
                USAGE,
                List.of("memory limit: plenty", "512MB"),
                "prepare",
                good + "/events.parquet",
                "--output",
                good + "/data",
                "--memory-limit",
                "plenty");
        refused(
                USAGE,
                List.of("temporary directory: " + own + "/none (expected: an existing directory"),
                "prepare",
                good + "/events.parquet",
                "--output",
                good + "/data",
                "--temporary-directory",
                own + "/none");
        refused(
                USAGE,
                List.of("exclude: some", "[none, current, seen]"),
                "evaluate",
                bundle,
                good + "/events.parquet",
                "--exclude",
                "some");
        refused(USAGE, List.of("items 3"), "generate", "--items", "3", "--output", own + "/shop");
        refused(
                USAGE,
                List.of("cvs", "did you mean csv?"),
                "import",
                good + "/events.csv",
                "--format",
                "cvs",
                "--output",
                own + "/x");
        refused(USAGE, List.of("ITEM", "t4rec recommend --help"), "recommend", bundle);
        refused(USAGE, List.of("recomend", "recommend"), "recomend");
        refused(FAILED, List.of("abc", "integer"), "recommend", bundle, "abc");
    }

    @Test
    void trainingThatDivergesIsAFailureOfTheRunAndNotOfItsUsage() {
        refused(
                FAILED,
                List.of("training.learningRate: 1.0E30", "step", "last good checkpoint"),
                "train",
                good + "/data",
                "--output",
                own + "/diverged",
                "--set",
                "training.learningRate=1e30",
                "--set",
                "training.epochs=3",
                "--json");
    }

    @Test
    void anOccupiedPortIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());
            refused(FAILED, List.of(port), "serve", good + "/run/bundle", "--host", "0.0.0.0", "--port", port);
        }
    }

    @Test
    void devicesAndDirectoriesAreNeverReplaced() {
        refused(FAILED, List.of("holds the events"), "import", good + "/events.csv", "--output", good.toString());
        refused(FAILED, List.of("directory"), "import", good + "/events.csv", "--output", own.toString());
        if (Files.exists(Path.of("/dev/full"))) {
            refused(FAILED, List.of("/dev/full", "device"), "import", good + "/events.csv", "--output", "/dev/full");
            assertThat(Files.isRegularFile(Path.of("/dev/full"))).isFalse();
        }
    }

    /** Runs a command that must fail, and sees that it says all of the words, throws no trace about, and changes nothing. */
    private void refused(int code, List<String> words, String... arguments) {
        Outcome outcome = run(arguments);
        assertThat(outcome.err()).contains(words);
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
        assertThat(outcome.err())
                .startsWith("t4rec: ")
                .doesNotContain("\tat ")
                .doesNotContain("Exception")
                .doesNotContain("a defect");
        assertThat(outcome.err().lines().count()).as(outcome.err()).isLessThanOrEqualTo(8);
        assertThat(outcome.out()).isEmpty();
        try {
            assertThat(content(good)).isEqualTo(before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Outcome(int code, String out, String err) {}

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Outcome(code, out.toString(), err.toString());
    }

    private static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (var files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                content.put(
                        directory.relativize(file).toString(),
                        Files.isDirectory(file) ? "" : HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return content;
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }
}

package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From folders of events to a trained model, and sequences in many files. */
class PrepareFilesTest extends CommandTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION, Tag.ID),
            ColumnSchema.scalar("item_id", DType.STRING).withTags(Tag.ITEM, Tag.ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("day", DType.INT64));

    @TempDir
    Path folder;

    /** Three days of sessions, a file a day, in folders that name the day. */
    @BeforeEach
    void writeEvents() throws IOException {
        for (int day = 1; day <= 3; day++) {
            StringBuilder events = new StringBuilder("time;item_id;session_id\n");
            for (int session = 0; session < 8; session++) {
                for (int event = 0; event < 4; event++) {
                    events.append(String.format(
                            Locale.ROOT,
                            "%d;\"item; \"\"%d\"\"\";%d%n",
                            100 * day + event,
                            (session + event) % 6,
                            10 * day + session));
                }
            }
            Path file = folder.resolve("events/day=" + day + "/clicks.csv");
            Files.createDirectories(file.getParent());
            Files.writeString(file, events);
        }
        SCHEMA.write(folder.resolve("events/schema.pbtxt"));
    }

    private void assertRuns(String... arguments) {
        assertThat(run(arguments)).as(err.toString()).isZero();
    }

    @Test
    void trainsOnShuffledSequencesInFoldersByColumn() throws IOException {
        String data = folder + "/data";
        assertRuns(
                "prepare",
                folder + "/events/**/*.csv",
                "--evaluation",
                folder + "/events",
                "--output",
                data,
                "--set",
                "data.contextColumns=[day]",
                "--files",
                "2",
                "--partition-by",
                "day",
                "--shuffle",
                "--seed",
                "3",
                "--json");
        assertThat(new ObjectMapper()
                        .readTree(out.toString())
                        .path("training sequences")
                        .asInt())
                .isEqualTo(24);
        assertThat(folder.resolve("data/train/sequences/day=4/part-00001.parquet"))
                .exists();
        assertRuns(
                "train",
                data,
                "--output",
                folder + "/run",
                "--set",
                "training.epochs=1",
                "--set",
                "training.batchSize=8",
                "--set",
                "model.input.projection=true",
                "--json");
        assertThat(json(out.toString()).has("model recall@20")).isTrue();
        assertRuns("recommend", folder + "/run/bundle", "item; \"1\"", "--context", "day=2", "--json");
    }

    @Test
    void spillsToTheDirectoryThatIsNamedAndLeavesNothingThere() throws IOException, InterruptedException {
        StringBuilder events = new StringBuilder("session_id,item_id,time,day\n");
        for (int event = 0; event < 120_000; event++) {
            String item = "item ".repeat(150) + event % 5_000;
            events.append(event / 4)
                    .append(',')
                    .append(item)
                    .append(',')
                    .append(event)
                    .append(",1\n");
        }
        Files.writeString(folder.resolve("large.csv"), events);
        SCHEMA.write(folder.resolve("schema.pbtxt"));
        Path spilled = Files.createDirectory(folder.resolve("spilled"));
        try (WatchService watch = spilled.getFileSystem().newWatchService()) {
            spilled.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            for (String[] command : List.of(
                    new String[] {"stats", folder + "/large.csv"},
                    new String[] {"prepare", folder + "/large.csv", "--output", folder + "/data"})) {
                List<String> arguments = new ArrayList<>(List.of(command));
                arguments.addAll(List.of("--memory-limit", "80MB", "--temporary-directory", spilled.toString()));
                assertRuns(arguments.toArray(String[]::new));
                assertThat(watch.poll(10, TimeUnit.SECONDS))
                        .as(command[0] + " makes a folder")
                        .isNotNull()
                        .satisfies(found -> {
                            assertThat(found.pollEvents()).isNotEmpty();
                            found.reset();
                        });
            }
        }
        assertThat(spilled).isEmptyDirectory();
    }

    @Test
    void cutsWindowsIntoSeveralFiles() {
        assertRuns(
                "prepare",
                folder + "/events",
                "--output",
                folder + "/data",
                "--set",
                "data.windowLength=3",
                "--files",
                "4");
        assertThat(folder.resolve("data/train/sequences/part-00003.parquet")).exists();
        assertThat(folder.resolve("data/train/whole")).doesNotExist();
        assertRuns("train", folder + "/data", "--output", folder + "/run", "--set", "training.epochs=1");
    }

    @Test
    void refusesOptionsThatDoNothing() {
        String[][] wrong = {
            {"--seed", "3"},
            {"--files", "2", "--file-size", "1MB"},
            {"--file-size", "big"},
            {"--files", "0"},
            {"--partition-by", "dya"},
            {"--partition-by", "item_id"},
            {"--delimiter", "ab"},
            {"--format", "jsonl", "--null", "NA"},
            {"--encoding", "klingon"},
        };
        for (String[] options : wrong) {
            String[] arguments = new String[4 + options.length];
            System.arraycopy(
                    new String[] {"prepare", folder + "/events", "--output", folder + "/data"}, 0, arguments, 0, 4);
            System.arraycopy(options, 0, arguments, 4, options.length);
            assertThat(run(arguments))
                    .as(String.join(" ", options) + ": " + err)
                    .isEqualTo(2);
            assertThat(err.toString()).contains("expected").doesNotContain("\tat ");
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void saysWhereItLooksForTheSchemaAndWhatItReads() throws IOException {
        Files.move(folder.resolve("events/schema.pbtxt"), folder.resolve("other.pbtxt"));
        assertThat(run("prepare", folder + "/events", "--output", folder + "/data"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("events/schema.pbtxt", "--schema FILE");
        Files.move(folder.resolve("other.pbtxt"), folder.resolve("events.schema.pbtxt"));
        assertRuns("prepare", folder + "/events", "--output", folder + "/data");
        assertThat(run("prepare", folder + "/events/day=9/*.csv", "--output", folder + "/data"))
                .isEqualTo(1);
        Files.writeString(folder.resolve("events/day=2/more.csv"), "session_id,item_id\n1,2\n");
        assertThat(run("prepare", folder + "/events", "--output", folder + "/data"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("day=2/more.csv: no column time");
        assertThat(run(
                        "prepare",
                        "s3://bucket/events.parquet",
                        "--schema",
                        folder + "/events.schema.pbtxt",
                        "--output",
                        folder + "/data"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("s3://bucket/events.parquet: not readable by DuckDB");
    }
}

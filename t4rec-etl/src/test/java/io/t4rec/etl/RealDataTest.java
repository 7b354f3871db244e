package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Column;
import io.t4rec.data.EventFormat;
import io.t4rec.data.EventImporter;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published data sets through whole workflows, with counts that were counted elsewhere, and back to raw values. */
class RealDataTest {
    @TempDir
    Path folder;

    private static Path data(String file) {
        Path path = Path.of(System.getProperty("t4rec.data", "../shared/data")).resolve(file);
        Assumptions.assumeTrue(Files.exists(path), "no data at " + path);
        return path;
    }

    private static long number(String sql) {
        return ((Column.Longs) TestTables.query(sql).column("n")).values()[0];
    }

    private static String parquet(Path file) {
        return "read_parquet(" + TestTables.literal(file) + ")";
    }

    @ParameterizedTest
    @CsvSource({
        "yoochoose-100k/yoochoose-clicks-100k_train_full.txt, 70278, 17794, 2933",
        "serenade-example/train.txt, 113601, 23753, 18009"
    })
    void clicksBecomeSessionsAndTheirIdsGoBackToTheSameItems(String file, long clicks, long sessions, long items)
            throws IOException {
        Path events = folder.resolve("events.parquet");
        EventImporter.run(data(file), EventFormat.SESSION_REC, EventFormat.EventColumns.standard(), events);
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig config = new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        TimeFeatures.of("hour_sin", "elapsed"),
                        new Popularity(null, null),
                        Categorify.of("item_id"),
                        new Groupby(Map.of(
                                "item_id",
                                List.of("list"),
                                "elapsed",
                                List.of("list"),
                                "popularity",
                                List.of("list")))));
        Workflow workflow = Workflow.fit(config, events, schema);
        Path out = folder.resolve("out").resolve("sessions.parquet");
        assertThat(workflow.transformTraining(events, out)).isEqualTo(sessions);
        assertThat(workflow.vocabulary("item_id").values()).hasSize((int) items);
        assertThat(number("select sum(len(item_id))::bigint as n from " + parquet(out)))
                .isEqualTo(clicks);
        assertThat(number("select max(list_max(popularity)) as n from " + parquet(out)))
                .as("the most popular item was seen so often before, by the click before it")
                .isLessThan(workflow.vocabulary("item_id").count(3));
        Path decoded = folder.resolve("decoded.parquet");
        workflow.decode(out, decoded);
        String raw =
                "select session_id, list(item_id order by \"time\", place) as item_id from (select *, file_row_number"
                        + " as place from read_parquet(" + TestTables.literal(events)
                        + ", file_row_number = true)) group by 1";
        assertThat(number("select count(*) as n from (" + raw + ") r join " + parquet(decoded)
                        + " d using (session_id) where d.item_id = r.item_id"))
                .isEqualTo(sessions);
    }

    @Test
    void ratingsAreJoinedWithFilmsAndUsersOfTheirOwnFiles() throws IOException {
        Path events = folder.resolve("events.parquet");
        EventImporter.run(
                data("ml-100k/ml-100k.inter"),
                EventFormat.MOVIELENS_INTER,
                EventFormat.EventColumns.standard(),
                events);
        Path films = TestTables.write(
                folder.resolve("films.parquet"),
                "select \"item_id:token\" as item_id, string_split(\"class:token_seq\", ' ') as genres,"
                        + " \"release_year:token\" as released from read_csv("
                        + TestTables.literal(data("ml-100k/ml-100k.item"))
                        + ", delim = '\t', header = true, quote = '', all_varchar = true)");
        Path people = TestTables.write(
                folder.resolve("users.parquet"),
                "select \"user_id:token\"::bigint as session_id, \"age:token\"::bigint as age, \"gender:token\" as gender from"
                        + " read_csv(" + TestTables.literal(data("ml-100k/ml-100k.user"))
                        + ", delim = '\t', header = true, quote = '', all_varchar = true)");
        TestTables.write(
                folder.resolve("ids.parquet"),
                "select item_id::bigint as item_id, genres, released from " + parquet(films));
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig config = new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        JoinExternal.of(folder.resolve("ids.parquet").toString(), "item_id"),
                        JoinExternal.of(people.toString(), "session_id"),
                        new Bucketize(List.of("age"), List.of(18.0, 25.0, 35.0, 45.0, 50.0, 56.0)),
                        Categorify.of("genres", "gender", "released", "item_id"),
                        new KCore(5, 20),
                        new Groupby(Map.of(
                                "item_id", List.of("list"), "genres", List.of("last"), "gender", List.of("first")))));
        Workflow workflow = Workflow.fit(config, events, schema);
        assertThat(workflow.vocabulary("genres").values())
                .as("MovieLens' genres, unknown among them")
                .hasSize(19);
        assertThat(workflow.vocabulary("gender").values()).containsExactly("M", "F");
        assertThat(workflow.vocabulary("item_id").values()).hasSize(1_682);
        Path out = folder.resolve("out").resolve("users.parquet");
        assertThat(workflow.transform(events, out))
                .as("two of 943 users keep less than 20 ratings")
                .isEqualTo(941);
        assertThat(number("select min(len(item_id)) as n from " + parquet(out))).isGreaterThanOrEqualTo(20);
        Path decoded = folder.resolve("decoded.parquet");
        assertThat(workflow.decode(out, decoded)).isEqualTo(941);
        String items = "(select distinct unnest(item_id) as item_id from " + parquet(decoded) + ")";
        assertThat(number("select count(*) as n from " + items)).isEqualTo(1_349);
        assertThat(number("select sum(len(item_id))::bigint as n from " + parquet(decoded)))
                .isEqualTo(99_249);
        String raw =
                "select session_id, list(item_id order by \"time\", place) as items from (select *, file_row_number as"
                        + " place from read_parquet(" + TestTables.literal(events)
                        + ", file_row_number = true)) semi join " + items
                        + " i using (item_id) group by 1";
        assertThat(
                        number(
                                "select count(*) as n from " + parquet(decoded) + " d join (" + raw
                                        + ") r using (session_id) join " + parquet(folder.resolve("ids.parquet"))
                                        + " f on f.item_id = r.items[-1] join " + parquet(people)
                                        + " u using (session_id) where d.item_id = r.items and d.genres = f.genres and d.gender = u.gender"))
                .as("items in order, the last one's genres, and gender, as they were")
                .isEqualTo(941);
    }

    @Test
    void advertisingLogsAreCrossedHashedAndEncoded() throws IOException {
        Path logs = TestTables.write(
                folder.resolve("logs.parquet"),
                "select *, row_number() over () as session_id, row_number() over () as place from read_csv("
                        + TestTables.literal(data("criteo-sample/criteo_sample.txt")) + ", header = true)");
        Schema schema = Schema.of(
                ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
                ColumnSchema.scalar("place", DType.INT64).withTags(Tag.TIME),
                ColumnSchema.scalar("C1", DType.STRING).withTags(Tag.ITEM_ID),
                ColumnSchema.scalar("C2", DType.STRING),
                ColumnSchema.scalar("C20", DType.STRING),
                ColumnSchema.scalar("I1", DType.FLOAT64),
                ColumnSchema.scalar("I2", DType.FLOAT64),
                ColumnSchema.scalar("label", DType.INT64).withTags(Tag.TARGET));
        Workflow workflow = Workflow.fit(
                new WorkflowConfig(
                        "session_id",
                        "C1",
                        "place",
                        List.of(
                                new DataStats(List.of("*")),
                                new FillMissing(List.of("I1"), 0, true),
                                new Log(List.of("I1")),
                                new NormalizeMinMax(List.of("I2")),
                                new HashedCross(List.of("C1", "C20"), 100, null),
                                TargetEncoding.of("label", "C2"),
                                Categorify.of("C1", "C2"))),
                logs,
                schema);
        assertThat(workflow.dataStatistics().get("label"))
                .containsEntry("count", 200.0)
                .containsEntry("mean", 49 / 200.0);
        Path out = folder.resolve("out").resolve("logs.parquet");
        assertThat(workflow.transform(logs, out)).isEqualTo(200);
        assertThat(number("select count(*) filter (where I1_filled) as n from " + parquet(out)))
                .isEqualTo(workflow.dataStatistics().get("I1").get("nulls").longValue());
        Path decoded = folder.resolve("decoded.parquet");
        workflow.decode(out, decoded);
        assertThat(
                        number(
                                "select count(*) as n from " + parquet(decoded) + " d join " + parquet(logs)
                                        + " l using (session_id) where d.C1 is not distinct from l.C1 and d.C2 is not distinct from l.C2"))
                .isEqualTo(200);
    }
}

package io.t4rec.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.data.DataSource;
import io.t4rec.data.Database;
import io.t4rec.data.OngoingWork;
import io.t4rec.etl.DataStats;
import io.t4rec.etl.Groupby;
import io.t4rec.etl.JoinGroupby;
import io.t4rec.etl.Lambda;
import io.t4rec.etl.Operator;
import io.t4rec.etl.ReduceDtypeSize;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.etl.WorkflowEngine;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SparkEngineTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.scalar("count", DType.INT64));

    private static final WorkflowConfig CONFIG = WorkflowConfig.sessions(SCHEMA, List.of("price"), 20, false);
    private static final SparkSession SESSION = LocalSpark.session();
    private static final SparkEngine ENGINE = SparkEngine.on(SESSION, SparkSettings.defaults());

    @TempDir
    Path folder;

    /** Sessions of three events whose times are all equal, so that places decide. */
    private static String rows(long from, long to) {
        return "select (range % 40) as session_id, (range * 7 % 11) as item_id, 5 as time, range / 2.0 as price,"
                + " range % 3 as count from range(" + from + ", " + to + ")";
    }

    private Path write(String name, String query) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + query + ") to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    private static List<String> rows(Dataset<Row> rows) {
        return new ArrayList<>(rows.collectAsList().stream().map(Row::toString).toList());
    }

    @Test
    void takesFilesOfAFolderByNameAndTheirRowsInOrder() throws IOException {
        Path whole = write("whole.parquet", rows(0, 120));
        for (int part = 0; part < 4; part++) {
            write("parts [with] space/part-" + part + ".parquet", rows(part * 30L, part * 30L + 30));
        }
        String parts = folder.resolve("parts [with] space").toString();
        Workflow workflow = ENGINE.fit(CONFIG, parts, SCHEMA);
        assertThat(workflow.vocabulary("item_id").cardinality()).isEqualTo(14);
        String ofParts = Places.toWrite(folder.resolve("of-parts"));
        assertThat(ENGINE.write(workflow, parts, ofParts)).isEqualTo(40);
        String ofWhole = Places.toWrite(folder.resolve("of-whole"));
        assertThat(ENGINE.write(workflow, whole.toString(), ofWhole)).isEqualTo(40);
        assertThat(rows(SESSION.read().parquet(ofParts)))
                .isEqualTo(rows(SESSION.read().parquet(ofWhole)));
        assertThat(Schema.read(folder.resolve("schema.pbtxt"))).isEqualTo(workflow.outputSchema());
        assertThatThrownBy(() -> ENGINE.write(workflow, parts, ofWhole))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("of-whole exists");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()).filter(name -> !name.endsWith(".crc")))
                    .as(
                            "nothing temporary is left, but for Hadoop's checksums; a schema beside whole.parquet is taken for its own")
                    .containsExactlyInAnyOrder(
                            "whole.parquet",
                            "parts [with] space",
                            "of-parts",
                            "of-whole",
                            "schema.pbtxt",
                            "of-whole.schema.pbtxt");
        }
    }

    @Test
    void ownFunctionsGiveNullForNullAndTakeTextAsItIs() throws IOException {
        Path file = write(
                "events.parquet",
                "select 1 as session_id, 1 as item_id, range as time, nullif(range / 2.0, 0) as price,"
                        + " range as count from range(2)");
        Workflow workflow =
                ENGINE.fit(with(new Lambda("x", List.of("price"), "coalesce({0}, 0)", null, null)), file, SCHEMA);
        assertThat(rows(ENGINE.transform(workflow, SESSION.read().parquet(file.toString()))
                        .select("x")))
                .containsExactlyInAnyOrder("[null]", "[0.5]");
        Workflow escaped =
                ENGINE.fit(with(new Lambda("x", List.of("price"), "length('\\') + {0}", null, null)), file, SCHEMA);
        assertThat(rows(ENGINE.transform(escaped, SESSION.read().parquet(file.toString()))
                        .select("x")))
                .containsExactlyInAnyOrder("[null]", "[1.5]");
    }

    @Test
    void ownFunctionsGiveWhatDuckDbGives() throws IOException {
        Path file = write("events.parquet", rows(0, 120));
        List<Operator> lambdas = new ArrayList<>();
        for (String sql : List.of(
                "{0} ^ 2 + {1} ** 2",
                "{1} // 2 - {1} % 2",
                "{0} / nullif({1}, 0) + 1 / 4e0",
                "case {1} when 1 then {0} when 2 then -1.5e0 end",
                "case when {0} > 3 and not {1} = 1 or {1} in (2, 7) then 1 end",
                "coalesce(nullif({1}, 1), length('it''s' || '\\\\')) -- and no more",
                "greatest({0}, {1}, 2) - least({0}, 3) + abs(-{1})",
                "cast({1} between 1 and 2 as bigint) + exp(-{0})",
                "length(replace(substr(cast({1} as varchar) || 'abc', 1, 3), 'b', 'xyz'))",
                "({1} is distinct from 2) is not null",
                "power({0}, 0.5e0) + cast({1} as double)",
                "sqrt({0}) + ln({0} + 1) - log({0} + 1) + log2({1} + 1) * log10({1} + 2)",
                "sin({0}) + cos({0}) * tan({1})",
                "round({0}) + floor({0} - 0.5e0) * 10 + ceil(-{0}) * 100 + ceiling({0} * 1e300)",
                "cast({0} as bigint) + cast(-{0} as bigint) * 1000",
                "{1} * 1.5 + {0} * 0.1 - 2.25",
                "case when {0} > 0.5 and {1} <> 1.0 and {1} > -0.5 then 1 else 0 end",
                "1 / {0}",
                "-{0} / {1}",
                "case when {0} / {1} > 2 then 1 else 0 end",
                "length(upper('a') || lower('B') || trim(' c  ')) + {1}")) {
            lambdas.add(new Lambda("x" + lambdas.size(), List.of("price", "count"), sql, null, null));
        }
        WorkflowConfig config = with(lambdas.toArray(Operator[]::new));
        Workflow workflow = Workflow.fit(config, file, SCHEMA);
        Path embedded = folder.resolve("embedded.parquet");
        workflow.transform(file, embedded);
        Path target = folder.resolve("spark.parquet");
        ENGINE.transform(workflow, file, target);
        for (int i = 0; i < lambdas.size(); i++) {
            Dataset<Row> one = SESSION.read().parquet(embedded.toString()).select("x" + i);
            Dataset<Row> other = SESSION.read().parquet(target.toString()).select("x" + i);
            List<Row> expected = one.collectAsList();
            List<Row> actual = other.collectAsList();
            for (int row = 0; row < expected.size(); row++) {
                String what = lambdas.get(i) + ", row " + row;
                assertThat(actual.get(row).isNullAt(0))
                        .as(what)
                        .isEqualTo(expected.get(row).isNullAt(0));
                if (!expected.get(row).isNullAt(0)) {
                    double value = expected.get(row).getDouble(0);
                    assertThat(actual.get(row).getDouble(0))
                            .as(what)
                            .isCloseTo(value, within(1e-9 * Math.max(1, Math.abs(value))));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "round({1} * 0.5)",
                "round({0}, 2)",
                "{0} % 0",
                "{1} % 1.5",
                "{1} // {1}",
                "case when {1} * 0.1 = 0.3 then 1 end",
                "substr('abc', {1})",
                "{1} > '1'",
                "cast({0} as varchar) || 'a'",
                "atan2({0}, {1})",
                "'a' like '%'"
            })
    void refusesOwnFunctionsThatMeanOtherThingsOnDuckDb(String sql) throws IOException {
        Path file = write("events.parquet", rows(0, 3));
        Workflow workflow = ENGINE.fit(
                with(new Lambda("x", List.of("price", "count"), "coalesce({0}, {1}) -- and no more", null, null)),
                file,
                SCHEMA);
        assertThat(workflow.outputSchema().contains("x")).isTrue();
        Workflow other = ENGINE.fit(
                with(new Lambda("x", List.of("price", "count"), sql, null, sql.contains("'a'") ? "string" : null)),
                file,
                SCHEMA);
        assertThatThrownBy(() -> ENGINE.transform(other, SESSION.read().parquet(file.toString())))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("operator 0 (lambda), column x: sql " + sql)
                .hasMessageContaining("these mean the same: + - * /");
    }

    @Test
    void refusesNumbersThatFloatsOfThirtyTwoBitsCannotHold() throws IOException {
        Schema floats = SCHEMA.excluding(List.of("price")).plus(Schema.of(ColumnSchema.scalar("price", DType.FLOAT32)));
        Path file = write("events.parquet", rows(0, 3));
        Workflow workflow = ENGINE.fit(with(new ReduceDtypeSize(List.of("price"))), file, SCHEMA);
        Path large = write("large.parquet", rows(0, 3).replace("range / 2.0 as price", "1e300 as price"));
        assertThatThrownBy(() -> ENGINE.transform(workflow, large, folder.resolve("out.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessage(large
                        + ": a number beyond a 32-bit float (expected: columns [price FLOAT32] of at most 3.4e38)");
        assertThatThrownBy(() -> ENGINE.fit(CONFIG, large, floats))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1, column price: 1.0E300 (expected: a number of at most 3.4e38");
    }

    @Test
    void tellsWhichIntegersMayHaveGrownBeyondTheirType() throws IOException {
        Path small = write("small.parquet", rows(0, 120));
        Path large = write("large.parquet", rows(0, 120).replace("range % 3 as count", "4611686018427387904 as count"));
        Path target = folder.resolve("rows.parquet");
        Workflow sums = ENGINE.fit(with(new Groupby(Map.of("count", List.of("sum")))), small, SCHEMA);
        assertThatThrownBy(() -> ENGINE.transform(sums, large, target))
                .isInstanceOf(DataException.class)
                .hasMessage(large + ": an integer beyond its type (expected: what is computed, such as sums of groupby"
                        + " [count], within 64 bits)");
        Workflow narrow = ENGINE.fit(with(new ReduceDtypeSize(List.of("count"))), small, SCHEMA);
        assertThatThrownBy(() -> ENGINE.transform(narrow, large, target))
                .isInstanceOf(DataException.class)
                .hasMessage(large + ": an integer beyond its type (expected: what is computed within 64 bits, written"
                        + " columns [count INT8] within their types)");
        assertThat(target).doesNotExist();
    }

    private static WorkflowConfig with(Operator... operators) {
        return new WorkflowConfig("session_id", "item_id", "time", List.of(operators));
    }

    @Test
    void showsHowManyTasksAreDoneWhileItWorks() throws IOException, InterruptedException {
        Path file = write("events.parquet", rows(0, 300_000));
        Thread worker = new Thread(() -> ENGINE.fit(CONFIG, file, SCHEMA));
        List<OngoingWork.Position> seen = new ArrayList<>();
        worker.start();
        while (worker.isAlive()) {
            OngoingWork.Position position = OngoingWork.of(worker);
            if (position != null) {
                seen.add(position);
            }
            Thread.sleep(5);
        }
        assertThat(seen)
                .isNotEmpty()
                .allSatisfy(position -> assertThat(position.share()).isBetween(0.0, 1.0));
        assertThat(OngoingWork.of(worker)).isNull();
    }

    @Test
    void givesADataFrameToTheSessionThatItsEventsCameFrom() throws IOException {
        Path file = write("events.parquet", rows(0, 120));
        Dataset<Row> events = SESSION.read().parquet(file.toString());
        Workflow workflow = ENGINE.fit(CONFIG, events, SCHEMA);
        Path target = folder.resolve("out *%20?/sequences.parquet");
        ENGINE.transform(workflow, file, target);
        Dataset<Row> sequences = ENGINE.transform(workflow, events);
        assertThat(List.of(sequences.columns()))
                .isEqualTo(workflow.outputSchema().names());
        List<String> expected = rows(SESSION.read().parquet(Places.toRead(target)));
        assertThat(rows(sequences)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(sequences
                        .join(SESSION.range(2).toDF("session_id"), "session_id")
                        .count())
                .isEqualTo(2);
        assertThat(SESSION.catalog().tableExists("stage_0")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "price | cast('nan' as double) | NaN | a finite number or null",
                "price | cast('-inf' as float) | -Infinity | a finite number or null",
                "price | 'cheap' | cheap | a finite number or null",
                "price | '1d' | 1d | a finite number or null",
                "session_id | null::bigint | null | an id",
                "time | null::bigint | null | a time",
                "time | 9000000000000000000 | 9000000000000000000 | microseconds since 1970",
                "count | 1.5::double | 1.5 | an integer of 64 bits",
                "count | 2.5::decimal(4, 1) | 2.5 | an integer of 64 bits",
                "count | '007' | 007 | an integer of 64 bits",
            })
    void namesFileRowAndColumnOfAValueThatCannotBeUsed(String column, String expression, String value, String expected)
            throws IOException {
        String good = rows(0, 3);
        Path wrong = write(
                "wrong.parquet",
                "select * replace (case when price = 1 then " + expression + " else "
                        + (expression.startsWith("'") ? "cast(" + column + " as varchar)" : column) + " end as "
                        + column
                        + ") from (" + good + ")");
        assertThatThrownBy(() -> ENGINE.fit(CONFIG, wrong, SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("wrong.parquet, row 3, column " + column + ": " + value)
                .hasMessageContaining(expected);
    }

    @Test
    void refusesStatisticsOfNumbersThatAreTooLarge() throws IOException {
        Path large = write(
                "large.parquet",
                "select 1 as session_id, 1 as item_id, range as time, (1 - 2 * range) * 1.7e308::double as price, 1 as"
                        + " count from range(2)");
        assertThatThrownBy(() -> ENGINE.fit(with(new DataStats(List.of("price"))), large, SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column price: no mean and deviation (0.price.data-stats.");
        Path both = write(
                "both.parquet",
                "select 1 as session_id, 1 as item_id, range as time, (1 - 2 * range) * 1e200::double as price, 1 as"
                        + " count from range(2)");
        ENGINE.fit(with(new JoinGroupby(List.of("item_id"), List.of("price"), List.of("sum", "min"))), both, SCHEMA);
        assertThatThrownBy(() -> ENGINE.fit(
                        with(new JoinGroupby(List.of("item_id"), List.of("price"), List.of("std"))), both, SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("join-groupby, column price: no variance (expected: smaller numbers");
    }

    @Test
    void leavesTheSchemaOfTheEventsAlone() throws IOException {
        write("shop/events/a.parquet", rows(0, 120));
        SCHEMA.write(folder.resolve("shop/schema.pbtxt"));
        String events = folder.resolve("shop/events").toString();
        Workflow workflow = ENGINE.fit(CONFIG, events, SCHEMA);
        ENGINE.write(workflow, events, Places.toWrite(folder.resolve("shop/sequences")));
        assertThat(Schema.read(folder.resolve("shop/schema.pbtxt"))).isEqualTo(SCHEMA);
        assertThat(Schema.read(folder.resolve("shop/sequences.schema.pbtxt"))).isEqualTo(workflow.outputSchema());
    }

    @Test
    void refusesWhatIsMissing() throws IOException {
        Path file = write("events.parquet", "select * exclude (price) from (" + rows(0, 3) + ")");
        assertThatThrownBy(() -> ENGINE.fit(CONFIG, file, SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("events.parquet: no column price");
        assertThatThrownBy(() -> ENGINE.fit(CONFIG, folder.resolve("absent.parquet"), SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("absent.parquet");
    }

    @Test
    void samplesWholeSessionsOfEventsThatAreMoreThanWanted() throws IOException {
        Path events = write("events.parquet", rows(0, 4000));
        Path some = folder.resolve("some");
        assertThat(ENGINE.sample(DataSource.of(events), SCHEMA, "session_id", 1000, some))
                .isEqualTo(4000);
        Dataset<Row> sampled = SESSION.read().parquet(Places.toRead(some));
        assertThat(List.of(sampled.columns())).isEqualTo(SCHEMA.names());
        assertThat(sampled.count()).isBetween(1L, 2500L);
        assertThat(sampled.groupBy("session_id")
                        .count()
                        .select("count")
                        .distinct()
                        .collectAsList())
                .as("events of each session")
                .extracting(row -> row.getLong(0))
                .containsExactly(100L);
        Path all = folder.resolve("all");
        assertThat(ENGINE.sample(DataSource.of(events), SCHEMA, "session_id", 4000, all))
                .isEqualTo(4000);
        assertThat(rows(SESSION.read().parquet(Places.toRead(all))))
                .containsExactlyInAnyOrderElementsOf(rows(SESSION.read().parquet(Places.toRead(events))));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 40})
    void samplesSomethingAndNotTooMuchWhereSessionsAreLong(long most) throws IOException {
        Path events = write("events.parquet", rows(0, 4000)); // 40 sessions of 100 events
        Path some = folder.resolve("some");
        assertThat(ENGINE.sample(DataSource.of(events), SCHEMA, "session_id", most, some))
                .isEqualTo(4000);
        assertThat(SESSION.read().parquet(Places.toRead(some)).count()).isBetween(1L, 2 * most);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket/events.parquet", "s3a://bucket/events.parquet", "s3a://bucket/*.parquet"})
    void saysWhatIsMissingForAFileSystemThatSparkLacks(String location) {
        assertThatThrownBy(() -> ENGINE.fit(CONFIG, location, SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(location.substring(0, location.indexOf(':')) + "://bucket")
                .hasMessageContaining(": not readable by Spark: ")
                .hasMessageContaining("set SPARK_HOME to a Spark with hadoop-aws");
    }

    @Test
    void isFoundAsAServiceAndRefusesSettingsThatAreNone() {
        assertThatThrownBy(() -> WorkflowEngine.open("spark", Map.of("master", "local")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("setting of spark: master (expected: spark.*");
        assertThatThrownBy(() -> WorkflowEngine.open("spark", Map.of("t4rec.driverRows", "many")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("t4rec.driverRows: many");
        assertThatThrownBy(() -> WorkflowEngine.open("flink", Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("engine: flink: nobody provides it");
    }
}

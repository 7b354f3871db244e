package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.ModelFormatException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events that would change silently, and saved workflows that were changed. */
class BadInputTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("count", DType.INT64),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.ragged("sizes", DType.FLOAT64));

    private static final WorkflowConfig CONFIG =
            WorkflowConfig.sessions(SCHEMA, List.of("count", "price", "recency"), 20, false);

    @TempDir
    Path folder;

    private Workflow workflow;

    @BeforeEach
    void fit() {
        workflow = Workflow.fit(CONFIG, file("good.parquet", "count", "3"), SCHEMA);
    }

    /** Two events; in the second one a column is another expression. */
    private Path file(String name, String column, String expression) {
        Map<String, String> good = new LinkedHashMap<>();
        SCHEMA.names().forEach(each -> good.put(each, each.equals("sizes") ? "[1.5]" : "1"));
        StringBuilder first = new StringBuilder("select ");
        StringBuilder second = new StringBuilder(" union all select ");
        good.forEach((each, value) -> {
            first.append(value).append(" as ").append(each).append(", ");
            second.append(each.equals(column) ? expression : value).append(", ");
        });
        Path file = folder.resolve(name);
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + first + "1" + second + "1) to " + Database.literal(file.toString())
                    + " (format parquet)");
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "price | cast('nan' as double) | nan | a finite number or null",
                "price | cast('-inf' as float) | -inf | a finite number or null",
                "price | 'cheap' | cheap | a finite number or null",
                "sizes | [1.5, cast('inf' as double)] | [1.5, inf] | a finite number or null",
                "session_id | null | null | an id",
                "item_id | null | null | an id",
                "time | null | null | a time",
                "time | 9000000000000000000 | 9000000000000000000 | microseconds since 1970",
                "count | 1e20::hugeint | 1e+20 | an integer of 64 bits",
                "count | 1.5::double | 1.5 | an integer of 64 bits",
                "count | cast('nan' as double) | nan | an integer of 64 bits",
                "count | 2.5::decimal(4, 1) | 2.5 | an integer of 64 bits",
                "count | '007' | 007 | an integer of 64 bits",
            })
    void namesFileRowAndColumnOfAValueThatCannotBeUsed(
            String column, String expression, String value, String expected) {
        Path wrong = file("wrong.parquet", column, expression);
        String where = "wrong.parquet, row 2, column " + column + ": " + value;
        assertThatThrownBy(() -> Workflow.fit(CONFIG, wrong, SCHEMA))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(where)
                .hasMessageContaining(expected);
        assertThatThrownBy(() -> workflow.transform(wrong, folder.resolve("out/sessions.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(where);
        assertThat(folder.resolve("out/sessions.parquet")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "count | null::double",
                "count | 4.0::double",
                "count | 4.0::decimal(4, 1)",
                "count | '-7'",
                "price | null",
                "price | 12345678901234567890::hugeint",
                "sizes | null",
                "sizes | [null, 2]"
            })
    void takesWhatKeepsItsValue(String column, String expression) {
        Path other = file("other.parquet", column, expression);
        assertThatCode(() -> workflow.transform(other, folder.resolve("out.parquet")))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAColumnOfAnotherKind() {
        assertThatThrownBy(() -> Workflow.fit(CONFIG, file("wrong.parquet", "count", "'x'"), SCHEMA))
                .hasMessageContaining("row 2, column count: x");
        Schema lists = Schema.of(ColumnSchema.ragged("price", DType.FLOAT64));
        Schema changed = SCHEMA.excluding(List.of("price")).plus(lists);
        assertThatThrownBy(() -> Workflow.fit(
                        new WorkflowConfig("session_id", "item_id", "time", List.of()),
                        file("wrong.parquet", "", ""),
                        changed))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column price: INTEGER (expected: lists of FLOAT64)");
        assertThatThrownBy(() -> Workflow.fit(
                        new WorkflowConfig("session", "item_id", "time", List.of()),
                        file("wrong.parquet", "", ""),
                        SCHEMA))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("column session: absent")
                .hasMessageContaining("did you mean session_id?");
    }

    @Test
    void namesTheRowOfARequestThatCannotBeUsed() {
        Column.Longs oneNull = new Column.Longs(new long[2], BitSet.valueOf(new long[] {2}));
        refused("price", Column.of(1, Double.NaN), "row 2, column price: NaN (expected: a finite number");
        refused("price", Column.of(Double.POSITIVE_INFINITY, 1), "row 1, column price: Infinity");
        refused("session_id", oneNull, "row 2, column session_id: null (expected: an id)");
        refused("item_id", oneNull, "row 2, column item_id: null (expected: an id)");
        refused("time", oneNull, "row 2, column time: null (expected: a time)");
        refused("time", Column.of(1, Long.MIN_VALUE), "row 2, column time: -9223372036854775808");
        refused("count", Column.of(1.0, 2.0), "column count: Doubles (expected: INT64)");
        refused("price", Column.of("a", "b"), "column price: Strings (expected: FLOAT64)");
        assertThat(workflow.requestPipeline()
                        .transform(request("count", oneNull))
                        .rowCount())
                .isEqualTo(1);
    }

    @Test
    void refusesNumbersThatFloatsOfThirtyTwoBitsCannotHold() {
        Schema floats = SCHEMA.excluding(List.of("price")).plus(Schema.of(ColumnSchema.scalar("price", DType.FLOAT32)));
        WorkflowConfig config = new WorkflowConfig("session_id", "item_id", "time", List.of());
        assertThatThrownBy(() -> Workflow.fit(config, file("wrong.parquet", "price", "-1e300"), floats))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "wrong.parquet, row 2, column price: -1e+300 (expected: a number of at most 3.4e38");
        workflow = Workflow.fit(config, file("good.parquet", "price", "3.4e38"), floats);
        refused("price", Column.of(1, 1e300), "row 2, column price: 1.0E300 (expected: a number of at most 3.4e38");
        Workflow reduced =
                Workflow.fit(with(new ReduceDtypeSize(List.of("price"))), file("good.parquet", "", ""), SCHEMA);
        assertThatThrownBy(() -> reduced.transform(folder.resolve("wrong.parquet"), folder.resolve("out.parquet")))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("writing columns [price FLOAT32]: Conversion Error");
        assertThatThrownBy(() -> Workflow.fit(
                        with(new FillMissing(List.of("price"), 1e300)), folder.resolve("good.parquet"), floats))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("column price: value 1.0E300 (expected: a value of type FLOAT32");
    }

    private static WorkflowConfig with(Operator operator) {
        return new WorkflowConfig("session_id", "item_id", "time", List.of(operator));
    }

    @Test
    void looksIntoTheListsOfARequest() {
        workflow = Workflow.fit(
                new WorkflowConfig("session_id", "item_id", "time", List.of()),
                file("lists.parquet", "count", "3"),
                SCHEMA);
        refused("sizes", Column.of(1.0, 2.0), "column sizes: Doubles (expected: lists of FLOAT64)");
        refused(
                "sizes",
                new Column.Lists(Column.of(1.0, Double.NaN), new int[] {0, 0, 2}),
                "row 2, column sizes: NaN (expected: a finite number");
    }

    @Test
    void refusesTruthOfARequestThatIsNeitherTrueNorFalse() {
        Schema schema = SCHEMA.excluding(List.of("count")).plus(Schema.of(ColumnSchema.scalar("count", DType.BOOL)));
        workflow = Workflow.fit(
                new WorkflowConfig("session_id", "item_id", "time", List.of()),
                file("truth.parquet", "count", "0"),
                schema);
        refused("count", Column.of(1, 5), "row 2, column count: 5 (expected: 1 (true), 0 (false) or null)");
        assertThat(workflow.requestPipeline()
                        .transform(request("count", Column.of(1, 0)))
                        .rowCount())
                .isEqualTo(2);
    }

    private void refused(String column, Column values, String message) {
        assertThatThrownBy(() -> workflow.requestPipeline().transform(request(column, values)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    private static Table request(String column, Column values) {
        Map<String, Column> columns = new LinkedHashMap<>();
        SCHEMA.names().forEach(name -> columns.put(name, Column.of(1, 1)));
        columns.put("price", Column.of(1.0, 2.0));
        columns.put("sizes", new Column.Lists(Column.of(1.0), new int[] {0, 1, 1}));
        columns.put(column, values);
        return Table.of(columns);
    }

    @Test
    void takesTextNeverSeenWhenAllWasNullInTraining() throws IOException {
        Schema schema = SCHEMA.excluding(List.of("count")).plus(Schema.of(ColumnSchema.scalar("count", DType.STRING)));
        WorkflowConfig config = WorkflowConfig.sessions(schema, List.of("count"), 20, false);
        Path training = folder.resolve("null.parquet");
        try (Database database = Database.openInOrder()) {
            database.execute("copy (select * replace (cast(null as varchar) as count) from read_parquet("
                    + Database.literal(file("two.parquet", "", "").toString()) + ")) to "
                    + Database.literal(training.toString()) + " (format parquet)");
        }
        Workflow fitted = Workflow.fit(config, training, schema);
        fitted.save(Files.createDirectory(folder.resolve("saved")));
        Path target = folder.resolve("out.parquet");
        Workflow.load(folder.resolve("saved")).transform(file("text.parquet", "count", "'red'"), target);
        try (Database database = Database.openInOrder()) {
            Table table = database.query("select count from read_parquet(" + Database.literal(target.toString()) + ")");
            assertThat(table.lists("count").value(0)).isEqualTo(Column.of(2, 2));
        }
    }

    @Test
    void refusesASavedWorkflowThatWasChanged() throws IOException {
        Path saved = Files.createDirectory(folder.resolve("saved"));
        workflow.save(saved);
        assertThat(Workflow.load(saved).outputSchema()).isEqualTo(workflow.outputSchema());
        Path description = saved.resolve("workflow.json");
        String json = Files.readString(description);
        for (String[] change : new String[][] {
            {"\"formatVersion\" : 2", "\"formatVersion\" : 9"},
            {"\"workflow\" : {", "\"workfow\" : {"},
            {"\"op\" : \"groupby\"", "\"op\" : \"groupy\""},
            {".mean\"", ".mode\""},
            {"vocabulary-0.parquet", "../vocabulary-0.parquet"},
            {"vocabulary-0.parquet", "vocabulary-7.parquet"},
            {"\"text\" : false", "\"text\" : true"},
            {"\"numbers\" : {", "\"numbers\" : null, \"statistics\" : {"},
            {json, "{\"formatVersion\": 2}"},
            {json, json.substring(0, json.length() / 2)},
            {json, ""},
        }) {
            assertThat(json).contains(change[0]);
            Files.writeString(description, json.replace(change[0], change[1]));
            assertThatThrownBy(() -> Workflow.load(saved))
                    .as(change[1])
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("saved");
        }
        Files.writeString(description, json);
        for (String name : List.of("vocabulary-0.parquet", "numbers-0.parquet", "input-schema.pbtxt")) {
            byte[] bytes = Files.readAllBytes(saved.resolve(name));
            Files.write(saved.resolve(name), new byte[] {1, 2, 3});
            assertThatThrownBy(() -> Workflow.load(saved))
                    .as(name)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(name);
            Files.write(saved.resolve(name), bytes);
        }
        assertThatThrownBy(() -> Workflow.load(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("workflow.json");
    }

    @Test
    void refusesIdsThatAreNotInOrder() {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("id", Column.of(3, 5));
        columns.put("value", Column.of(8, 9));
        columns.put("count", Column.of(2, 1));
        assertThatThrownBy(() -> StateTables.vocabulary(Table.of(columns), false, IdLayout.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 2, column id: 5 (expected: 4)");
        columns.put("id", Column.of(3, 4));
        columns.put("value", Column.of(8, 8));
        assertThatThrownBy(() -> StateTables.vocabulary(Table.of(columns), false, IdLayout.USUAL))
                .hasMessageContaining("row 2, column value: 8 (expected: a value, each once)");
    }
}

package io.t4rec.etl;

import static io.t4rec.etl.TestTables.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Names that SQL can't tell apart, or uses itself, are refused wherever they come up. */
class ColumnNamesTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("user", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("stock", DType.INT64),
            ColumnSchema.scalar("price", DType.FLOAT64));

    @TempDir
    Path folder;

    private Path events() {
        return TestTables.write(
                folder.resolve("events.parquet"),
                "select * from (values (1, 7, 10, 3, 1.0), (1, 8, 20, null, 2.0)) t(user, item, time, stock, price)");
    }

    private Workflow fit(Operator... operators) {
        return Workflow.fit(new WorkflowConfig("user", "item", "time", List.of(operators)), events(), SCHEMA);
    }

    static Stream<Arguments> taken() {
        Map<String, String> both = new LinkedHashMap<>();
        both.put("stock", "x");
        both.put("price", "x");
        return Stream.of(
                Arguments.of(new Copy(Map.of("price", "Price")), "operator 1 (copy), column Price: exists"),
                Arguments.of(
                        new Copy(Map.of("stock", "__keep")), "operator 1 (copy), column __keep: its name is taken"),
                Arguments.of(new Rename(Map.of("stock", "__row")), "operator 1 (rename), column __row: its name"),
                Arguments.of(new Rename(Map.of("stock", "__VALUE")), "operator 1 (rename), column __VALUE: its"),
                Arguments.of(new Rename(Map.of("stock", "PRICE")), "operator 1 (rename), column PRICE: exists"),
                Arguments.of(new Rename(both), "operator 1 (rename), column x: twice"),
                Arguments.of(new Copy(both), "operator 1 (copy), column x: twice in the result"),
                Arguments.of(
                        new Lambda("Price", List.of("stock"), "{0}", null, null),
                        "operator 1 (lambda), column Price: its name is taken"),
                Arguments.of(
                        new DifferenceLag(List.of("price"), List.of(1, 1), List.of()),
                        "operator 1 (difference-lag), column price_difference_lag_1: twice"));
    }

    @ParameterizedTest
    @MethodSource("taken")
    void refusesANameThatIsTakenWithTheOperator(Operator operator, String message) {
        assertThatThrownBy(() -> fit(new Log(List.of("price")), operator))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void refusesASecondVocabularyOfAName() {
        Operator away = new Rename(Map.of("stock", "first"));
        Operator back = new Copy(Map.of("item", "STOCK"));
        assertThatThrownBy(() -> fit(Categorify.of("stock"), away, back, Categorify.of("STOCK")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "operator 3 (categorify), column STOCK: an earlier operator made ids of a column");
    }

    @Test
    void refusesSettingsWithHoles() {
        Map<String, String> holed = new LinkedHashMap<>();
        holed.put("price", null);
        assertThatThrownBy(() -> new Rename(holed))
                .isInstanceOf(ConfigException.class)
                .hasMessage("rename: no new name for column price (expected: one)");
        assertThatThrownBy(() -> new Copy(holed)).isInstanceOf(ConfigException.class);
        for (String yaml : List.of(
                "{op: add-tags, columns: [price], tags: [null]}",
                "{op: rename, names: {price: }}",
                "{op: categorify, columns: [item], vocabularies: {item: }}",
                "{op: difference-lag, columns: [price], shifts: [1, null]}",
                "{op: groupby, aggregations: {item: }}")) {
            assertThatThrownBy(() -> ConfigFiles.parseYaml(
                            "session: user\nitem: item\ntime: time\noperators:\n  - " + yaml, WorkflowConfig.class))
                    .as(yaml)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageNotContaining("missing key")
                    .hasMessageContaining("(expected: ");
        }
    }

    @Test
    void refusesAChoiceThatTakesAwayFromNothing() {
        assertThatThrownBy(() -> fit(new Select(List.of("-price"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("operator 0 (select), column -price: ")
                .hasMessageContaining("(expected: columns before it to take away from, such as \"*\")");
    }

    @Test
    void saysWhatATableBesideTheEventsLacks() {
        String table = TestTables.write(
                        folder.resolve("table.parquet"), "select 7 as item, {'a': 1} as nested, 3 as \"kind\"")
                .toString();
        assertThatThrownBy(() -> fit(new JoinExternal(
                        table, List.of("item"), List.of("item"), List.of("colour"), JoinExternal.How.LEFT, true)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("table.parquet: no column colour among [item, nested, kind]");
        assertThatThrownBy(() -> fit(JoinExternal.of(table, "item")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("column nested: STRUCT(a INTEGER), which is no value");
    }

    @Test
    void refusesTablesWhoseNamesAreTaken() {
        String cased = TestTables.write(folder.resolve("cased.parquet"), "select 7 as item, 5.0 as Price")
                .toString();
        assertThatThrownBy(() -> fit(JoinExternal.of(cased, "item")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("operator 0 (join-external), column Price: exists");
        String keyed = TestTables.write(folder.resolve("keyed.parquet"), "select 7 as item, 5.0 as __key")
                .toString();
        assertThatThrownBy(() -> fit(JoinExternal.of(keyed, "item")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("keyed.parquet: column __key: its name is taken");
    }

    @Test
    void aNameMayChangeItsCase() throws IOException {
        Map<String, String> swapped = new LinkedHashMap<>();
        swapped.put("stock", "PRICE");
        swapped.put("price", "Stock");
        Path target = folder.resolve("out/out.parquet");
        fit(new Rename(swapped), new FillMissing(List.of("PRICE"), 0L))
                .transform(folder.resolve("events.parquet"), target);
        assertThat(values(TestTables.read(target), "PRICE")).containsExactly(3L, 0L);
        assertThat(values(TestTables.read(target), "Stock")).containsExactly(1.0, 2.0);
    }
}

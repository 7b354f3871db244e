package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSummaryTest {
    @TempDir
    Path folder;

    private String file(String name, String query) {
        Path file = folder.resolve(name);
        try (Database database = Database.openInOrder()) {
            database.execute("copy (" + query + ") to " + Database.literal(file.toString()));
        }
        return file.toString();
    }

    @Test
    void summarisesNumbersTextAndLists() {
        String file = file(
                "a.parquet",
                "select * from (values (1.5::double, 'x', [1, 2]), (null, 'y', []), (4.5, 'x', [2])) t(\"a \"\"b\"\"\", c, l)");
        DataSummary summary = DataSummary.of(file);
        assertThat(summary.rows()).isEqualTo(3);
        DataSummary.ColumnSummary number = summary.columns()
                .getOrDefault("a \"b\"", summary.columns().values().iterator().next());
        assertThat(number.values()).isEqualTo(2);
        assertThat(number.nulls()).isEqualTo(1);
        assertThat(number.numbers())
                .containsEntry("min", 1.5)
                .containsEntry("q50", 3.0)
                .containsEntry("mean", 3.0);
        assertThat(summary.columns().get("c").distinct()).isEqualTo(2);
        assertThat(summary.columns().get("c").numbers()).isEmpty();
        assertThat(summary.columns().get("l").values()).as("elements").isEqualTo(3);
    }

    @Test
    void numbersThatAreNotFiniteCountApart() throws IOException {
        Files.writeString(folder.resolve("a.csv"), "x,n\n1,1\nnan,2\n3,3\n-inf,4\ninf,5\n,6\nNaN,7\n");
        DataSummary.ColumnSummary column =
                DataSummary.of(folder + "/a.csv").columns().get("x");
        assertThat(column.type()).isEqualTo("DOUBLE");
        assertThat(List.of(column.values(), column.nulls(), column.notFinite(), column.distinct()))
                .containsExactly(2L, 1L, 4L, 2L);
        assertThat(column.numbers())
                .containsEntry("min", 1.0)
                .containsEntry("q75", 2.5)
                .containsEntry("max", 3.0)
                .containsEntry("mean", 2.0);
        assertThat(DataSummary.of(folder + "/a.csv").columns().get("n").notFinite())
                .isZero();
        DataSummary.ColumnSummary none = DataSummary.of(file("none.parquet", "select 'nan'::float as x from range(3)"))
                .columns()
                .get("x");
        assertThat(none.values()).isZero();
        assertThat(none.notFinite()).isEqualTo(3);
        assertThat(none.numbers()).isEmpty();
    }

    @Test
    void leavesOutWhatIsTooLargeToBeANumber() {
        String file = file(
                "large.parquet",
                "select * from (values (1e200::double, 1.7e308::double), (-1e200, 1.7e308), (1e200, 1.7e308)) t(x, y)");
        DataSummary summary = DataSummary.of(file);
        assertThat(summary.columns().get("x").values()).isEqualTo(3);
        assertThat(summary.columns().get("x").numbers())
                .containsEntry("min", -1e200)
                .containsEntry("q50", 1e200)
                .containsKey("mean")
                .doesNotContainKey("deviation");
        assertThat(summary.columns().get("y").numbers())
                .containsEntry("max", 1.7e308)
                .doesNotContainKey("mean");
    }

    @Test
    void listsOfListsAreNoNumbers() throws IOException {
        String file = file("nested.parquet", "select * from (values ([[1, 2], [3]]), ([[3]]), (null)) t(l)");
        DataSummary.ColumnSummary column = DataSummary.of(file).columns().get("l");
        assertThat(List.of(column.values(), column.distinct())).containsExactly(3L, 2L);
        assertThat(column.numbers()).isEmpty();
        assertThat(ColumnDrift.between(file, file).get("l").distance()).isCloseTo(0, within(1e-12));
        Files.writeString(folder.resolve("nested.jsonl"), "{\"l\": [[1, 2], [3]]}\n");
        assertThat(DataSummary.of(folder + "/nested.jsonl").columns().get("l").values())
                .isEqualTo(2);
    }

    @Test
    void driftComparesNumbersThatAreNotFiniteAsOneValue() {
        String query =
                "select case when i < %d then 'nan'::double when i < %d then 'inf' else i end as x from range(1000) t(i)";
        String first = file("a.parquet", query.formatted(250, 500));
        String second = file("b.parquet", query.formatted(500, 500));
        assertThat(ColumnDrift.between(first, second).get("x").distance()).isCloseTo(0, within(1e-12));
        assertThat(ColumnDrift.between(first, file("c.parquet", query.formatted(0, 0)))
                        .get("x")
                        .distance())
                .isCloseTo(0.5, within(0.01));
    }

    @Test
    void readsTextFilesPatternsAndFolders() throws IOException {
        Files.writeString(folder.resolve("1.csv"), "a,b\n1,x\n2,y\n");
        Files.writeString(folder.resolve("2.csv"), "a,b\n3,x\n");
        Files.writeString(folder.resolve("c.jsonl"), "{\"a\": 1}\n{\"a\": null}\n");
        assertThat(DataSummary.of(folder.resolve("*.csv").toString()).rows()).isEqualTo(3);
        assertThat(DataSummary.of(folder.resolve("c.jsonl").toString())
                        .columns()
                        .get("a")
                        .nulls())
                .isEqualTo(1);
        Files.createDirectories(folder.resolve("all/day=1"));
        file("all/day=1/x.parquet", "select 1 as a");
        assertThat(DataSummary.of(folder.resolve("all").toString()).columns()).containsKeys("a", "day");
        assertThatThrownBy(() -> DataSummary.of(folder.resolve("none.parquet").toString()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.parquet");
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        file("rows.parquet", "select 1 as file_row_number, 2 as a");
        refused("rows.parquet", "rows.parquet, column file_row_number: its name is taken (expected: another)");
        Files.createDirectories(folder.resolve("index"));
        file("index/1.parquet", "select 1 as file_index");
        file("index/2.parquet", "select 2 as file_index");
        refused("index", "index/1.parquet, column file_index: its name is taken");
        assertThat(DataSummary.of(folder + "/index/1.parquet").rows()).isEqualTo(1);
        Files.write(folder.resolve("lat.csv"), "a,b\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        refused("lat.csv", "lat.csv: not text in UTF-8");
        for (String text : List.of(
                "[\n{\"a\": 1},\n{\"a\": 2}\n]\n",
                "[{\"a\": 1}]\n",
                "1\n2\n",
                "{\"a\": 1, \"a\": 2}\n",
                "{\"a\": \n")) {
            Files.writeString(folder.resolve("a.jsonl"), text);
            refused("a.jsonl", "a.jsonl: not readable as jsonl (", "; expected: one JSON object a line)");
            Schema schema = Schema.of(ColumnSchema.scalar("a", DType.INT64));
            assertThatThrownBy(() -> DataProfile.of(
                            List.of(DataSource.of(folder + "/a.jsonl")),
                            schema,
                            DataProfile.Roles.of(schema),
                            10,
                            DatabaseSettings.defaults()))
                    .hasMessageContaining("; expected: one JSON object a line)")
                    .hasMessageNotContaining("Try ");
        }
    }

    private void refused(String file, String... parts) {
        assertThatThrownBy(() -> DataSummary.of(folder + "/" + file))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContainingAny("Try ", "header", "auto");
    }

    @Test
    void driftIsTheDifferenceOfShares() {
        String first =
                file("a.parquet", "select i as number, case when i % 2 = 0 then 'x' end as text from range(1000) t(i)");
        String second = file("b.parquet", "select 900 + i as number, 'x' as text from range(100) t(i)");
        Map<String, ColumnDrift> drift = ColumnDrift.between(first, second);
        assertThat(drift.get("number").distance()).as("all in the last tenth").isCloseTo(0.9, within(1e-9));
        assertThat(drift.get("text").distance()).isCloseTo(0.5, within(1e-9));
        assertThat(ColumnDrift.between(first, first).values())
                .allSatisfy(same -> assertThat(same.distance()).isCloseTo(0, within(1e-12)));
    }
}

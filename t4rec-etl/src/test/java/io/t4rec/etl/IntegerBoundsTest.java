package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Database;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntegerBoundsTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64),
            ColumnSchema.scalar("item_id", DType.INT64),
            ColumnSchema.scalar("time", DType.INT64));

    private static final Expr ID = new Expr.Lookup("colours", Expr.column("colour"));

    @TempDir
    Path folder;

    private static IntegerBounds colours() {
        IntegerBounds bounds = new IntegerBounds(List.of("session", "size"));
        bounds.know("colours", new Vocabulary(List.of("red", "blue"), new long[] {2, 1}, true));
        return bounds;
    }

    @Test
    void aColumnIsBoundedWhileItHoldsIds() {
        IntegerBounds bounds = colours();
        bounds.after(new Step.Project(Map.of("colour", ID, "size", Expr.literal(1L))));
        assertThat(bounds.of("colour")).isEqualTo(4);
        assertThat(bounds.of("size")).isNull();
        bounds.after(new Step.Rename(Map.of("colour", "hue")));
        assertThat(bounds.of("hue")).isEqualTo(4);
        assertThat(bounds.of("colour")).isNull();
        bounds.after(new Step.Where(Expr.literal(1L), Step.Scope.EVERYWHERE));
        assertThat(bounds.of("hue")).isEqualTo(4);
        bounds.after(new Step.Project(
                Map.of("hue", Expr.call(Expr.Function.SUBTRACT, Expr.column("hue"), Expr.literal(9L)))));
        assertThat(bounds.of("hue")).isNull();
    }

    @Test
    void groupsHoldListsOfIdsAndNoIds() {
        IntegerBounds bounds = colours();
        bounds.after(new Step.Project(Map.of("colour", ID)));
        bounds.after(new Step.Group(
                List.of("session"),
                List.of(),
                false,
                Map.of("colour", new Step.Aggregate(Step.Aggregate.Kind.LIST, "colour", true))));
        assertThat(bounds.of("colour")).isNull();
    }

    @Test
    void aColumnIsThatOfTheEventsUntilAStepChangesIt() {
        IntegerBounds bounds = colours();
        bounds.after(new Step.Rename(Map.of("size", "width")));
        assertThat(bounds.ofEvents("width")).isEqualTo("size");
        assertThat(bounds.ofEvents("size")).isNull();
        assertThat(bounds.ofEvents("colour")).as("not an integer").isNull();
        bounds.bound("width", 70);
        assertThat(bounds.of("width")).isEqualTo(70);
        bounds.after(new Step.Project(Map.of("width", Expr.literal(100L))));
        assertThat(bounds.of("width")).isNull();
        assertThat(bounds.ofEvents("width")).isNull();
    }

    @Test
    void aDroppedColumnGivesItsNameAwayWithoutItsBounds() {
        IntegerBounds bounds = colours();
        bounds.bound("size", 70);
        bounds.after(new Step.Select(List.of("session")));
        assertThat(bounds.of("size")).isNull();
        bounds.after(new Step.Rename(Map.of("session", "size")));
        assertThat(bounds.of("size")).isNull();
        assertThat(bounds.ofEvents("size")).isEqualTo("session");
    }

    /** Session ids about the ends of 8, 16 and 32 bits, and below 0; events of sessions take turns. */
    @ParameterizedTest
    @CsvSource({"0", "253", "65533", "4294967293", "9223372036854775800", "-3"})
    void sessionsKeepTheirIdsAndOrderHoweverWideTheseAre(long first) throws IOException {
        Path events = TestTables.write(
                folder.resolve("events.parquet"),
                "select " + first + " + i % 7 as session_id, i as item_id, 100 - i as \"time\" from range(70) t (i)");
        WorkflowConfig config = new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        Categorify.of("item_id"),
                        new Groupby(Map.of("item_id", List.of("list"))),
                        new ListSlice(-2, null)));
        Path target = folder.resolve("out/sessions.parquet");
        Workflow.fit(config, events, SCHEMA).transform(events, target);
        try (Database database = Database.open()) {
            String file = "read_parquet(" + Database.literal(target.toString()) + ", file_row_number = true)";
            assertThat(database.describe("select * from " + file))
                    .containsEntry("session_id", "BIGINT")
                    .containsEntry("item_id", "BIGINT[]");
            // the session of the last event comes last; its newest items are the smallest, whose ids are 3 more
            assertThat(database.number("select count(*) from " + file + " where session_id = " + first
                            + " + 6 - file_row_number and item_id = [16 - file_row_number, 9 - file_row_number]"))
                    .isEqualTo(7);
        }
    }

    /** So many values that the largest id is the last or the one behind it of 8 and of 16 bits. */
    @ParameterizedTest
    @CsvSource({"253", "254", "65533", "65534", "70000"})
    void aggregatesOfIdsAreWideWhateverTheirNumber(int values) throws IOException {
        Path events = TestTables.write(
                folder.resolve("events.parquet"),
                "select i // 7 as session_id, i % " + values + " as item_id, i as \"time\" from range(" + 2 * values
                        + ") t (i)");
        WorkflowConfig config = new WorkflowConfig(
                "session_id",
                "item_id",
                "time",
                List.of(
                        Categorify.of("item_id"),
                        new Groupby(Map.of(
                                "item_id", List.of("list", "sum", "min", "max", "first", "last", "mean", "nunique")))));
        Path target = folder.resolve("out/sessions.parquet");
        Workflow.fit(config, events, SCHEMA).transform(events, target);
        try (Database database = Database.open()) {
            String file = "read_parquet(" + Database.literal(target.toString()) + ")";
            assertThat(database.number("select max(\"item_id-max\") from " + file))
                    .isEqualTo(values + 2);
            assertThat(database.describe("select * from " + file))
                    .containsEntry("item_id-list", "BIGINT[]")
                    .containsEntry("item_id-sum", "BIGINT")
                    .containsEntry("item_id-min", "BIGINT")
                    .containsEntry("item_id-first", "BIGINT");
            // equally frequent values get ids in rising order, so those of 0, 1, ... are 3, 4, ...
            assertThat(database.number("select count(*) from (select *, list_transform(range(7 * session_id, least(7 *"
                            + " session_id + 7, " + 2 * values + ")), lambda i: i % " + values + " + 3) as l from "
                            + file + ") where \"item_id-list\" is distinct from l or \"item_id-sum\" <> list_sum(l) or"
                            + " \"item_id-min\" <> list_min(l) or \"item_id-max\" <> list_max(l) or \"item_id-first\" <>"
                            + " l[1] or \"item_id-last\" <> l[-1] or abs(\"item_id-mean\" - list_avg(l)) > 1e-9 or"
                            + " \"item_id-nunique\" <> len(list_distinct(l))"))
                    .isZero();
        }
    }
}

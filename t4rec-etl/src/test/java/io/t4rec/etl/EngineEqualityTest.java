package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Column;
import io.t4rec.data.Database;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The file engine and the request engine give the same table, whatever the operators and the data. */
class EngineEqualityTest {
    private static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar("brand \"x\"; drop", DType.STRING),
            ColumnSchema.scalar("price", DType.FLOAT64),
            ColumnSchema.scalar("count", DType.INT64),
            ColumnSchema.scalar("colour", DType.STRING),
            ColumnSchema.scalar("big", DType.INT64));

    @TempDir
    Path folder;

    static long[] seeds() {
        long[] seeds = new long[60];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = i;
        }
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void givesTheSameTableOnBothEngines(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path train = write(random(random, 1 + random.nextInt(60)), "train.parquet");
        WorkflowConfig config = config(random);
        Workflow workflow = Workflow.fit(config, train, SCHEMA);
        Path saved = java.nio.file.Files.createDirectory(folder.resolve("workflow"));
        workflow.save(saved);
        Workflow loaded = Workflow.load(saved);
        assertThat(loaded.outputSchema()).isEqualTo(workflow.outputSchema());

        Table other = random(random, random.nextInt(40) + 1);
        Path target = folder.resolve("out.parquet");
        loaded.transform(write(other, "other.parquet"), target);
        Table expected;
        try (Database database = Database.open("", 1)) {
            expected = database.query("select * from read_parquet(" + Database.literal(target.toString()) + ")");
        }
        Table actual = workflow.pipeline(Step.Scope.DATA_SETS).transform(other);
        assertThat(List.copyOf(actual.columnNames())).isEqualTo(List.copyOf(expected.columnNames()));
        assertThat(List.copyOf(actual.columnNames()))
                .isEqualTo(workflow.outputSchema().names());
        for (String name : expected.columnNames()) {
            assertNear("seed " + seed + ", " + config + ", column " + name, actual.column(name), expected.column(name));
        }
    }

    private static WorkflowConfig config(SplittableRandom random) {
        List<Operator> operators = new ArrayList<>();
        switch (random.nextInt(12)) {
            case 0 -> operators.add(new Filter("price", Filter.Test.PRESENT, null));
            case 1 -> operators.add(new Filter("brand \"x\"; drop", Filter.Test.DIFFERENT, "Zoë's"));
            case 2 -> operators.add(new Filter("brand \"x\"; drop", Filter.Test.EQUAL, "b\""));
            case 3 -> operators.add(new Filter("price", Filter.Test.AT_LEAST, 1));
            case 4 -> operators.add(new Filter("count", Filter.Test.AT_MOST, 1));
            case 5 -> operators.add(new Filter("price", Filter.Test.ABSENT, null));
            case 6 -> operators.add(new Filter("brand \"x\"; drop", Filter.Test.IN, List.of("a", "Zoë's", "")));
            case 7 -> operators.add(new Filter("brand \"x\"; drop", Filter.Test.NOT_IN, List.of("b\"")));
            case 8 -> operators.add(new Filter("count", Filter.Test.IN, List.of(0, 2)));
            case 9 -> operators.add(new Filter("big", Filter.Test.AT_LEAST, (1L << 53) + 1));
            default -> {}
        }
        if (random.nextInt(3) == 0) {
            operators.add(new SessionOperators.Sessionize(1 + random.nextInt(3) * 7_200L));
        }
        if (random.nextBoolean()) {
            operators.add(new SessionOperators.DropConsecutiveRepeats());
        }
        if (random.nextInt(3) == 0) {
            operators.add(new SessionOperators.MinSupport("item_id", 1 + random.nextInt(3)));
        }
        if (random.nextBoolean()) {
            List<String> features = new ArrayList<>(TimeFeatures.KNOWN);
            features.removeIf(feature -> random.nextInt(3) == 0 && !feature.equals("elapsed"));
            operators.add(new TimeFeatures(features));
            if (random.nextBoolean()) {
                operators.add(new Operators.Normalize(List.of("elapsed")));
            }
        }
        operators.add(
                random.nextBoolean()
                        ? new Categorify(
                                List.of("item_id", "brand \"x\"; drop"), random.nextInt(3), random.nextInt(2) * 4, false)
                        : new Categorify(List.of("brand \"x\"; drop", "colour"), random.nextInt(3), 0, true));
        if (random.nextBoolean()) {
            operators.add(new Operators.Clip(List.of("price"), -2.0, random.nextBoolean() ? 3.5 : null));
        }
        if (random.nextBoolean()) {
            operators.add(new Operators.Log(List.of("price", "count")));
        }
        if (random.nextBoolean()) {
            operators.add(new Operators.Normalize(List.of("price", "count")));
        }
        if (random.nextBoolean()) {
            operators.add(new Operators.FillMissing(List.of("price"), 0.25));
        }
        operators.add(new Operators.Rename(Map.of("price", "cost of 'it'")));
        if (random.nextInt(4) > 0) {
            Map<String, List<String>> lists = new LinkedHashMap<>();
            lists.put("item_id", List.of("list"));
            lists.put("cost of 'it'", List.of("list", "first", "last", "count", "nunique"));
            lists.put("brand \"x\"; drop", List.of("list", "nunique"));
            lists.put("big", List.of("list"));
            if (operators.stream().anyMatch(TimeFeatures.class::isInstance)) {
                lists.put("elapsed", List.of("list", "last"));
            }
            operators.add(new SessionOperators.Groupby(lists));
            if (random.nextBoolean()) {
                long start = random.nextInt(-4, 4);
                operators.add(new SessionOperators.ListSlice(
                        start, random.nextBoolean() ? null : (long) random.nextInt(-3, 5)));
            }
            if (random.nextBoolean()) {
                operators.add(Categorify.of("big"));
            }
            if (random.nextBoolean()) {
                operators.add(new SessionOperators.SessionLengthFilter(2));
            }
        }
        return new WorkflowConfig("session_id", "item_id", "time", operators);
    }

    private static Table random(SplittableRandom random, int rows) {
        long[][] ids = new long[5][rows];
        @Nullable String[] colour = new String[rows];
        double[] price = new double[rows];
        @Nullable String[] brand = new String[rows];
        BitSet noPrice = new BitSet();
        BitSet noBig = new BitSet();
        for (int i = 0; i < rows; i++) {
            ids[0][i] = random.nextInt(8);
            ids[1][i] = random.nextInt(12);
            // few distinct times, so that they tie; some before 1970
            ids[2][i] = (random.nextInt(40) - 10) * 7_200_000_000L + random.nextInt(2);
            ids[3][i] = random.nextInt(5) - 1;
            price[i] = random.nextInt(12) == 0 ? -1 : random.nextDouble(-3, 9);
            noPrice.set(i, random.nextInt(5) == 0);
            noBig.set(i, random.nextInt(15) == 0);
            ids[4][i] = (1L << 53) + random.nextInt(4);
            colour[i] = random.nextInt(4) == 0 ? null : List.of("a", "b\"", "red").get(random.nextInt(3));
            brand[i] = random.nextInt(6) == 0
                    ? null
                    : List.of("a", "Zoë's", "b\"", "", "😀\n").get(random.nextInt(5));
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("session_id", Column.of(ids[0]));
        columns.put("item_id", Column.of(ids[1]));
        columns.put("time", Column.of(ids[2]));
        columns.put("brand \"x\"; drop", Column.of(brand));
        columns.put("price", new Column.Doubles(price, noPrice));
        columns.put("count", Column.of(ids[3]));
        columns.put("colour", Column.of(colour));
        columns.put("big", new Column.Longs(ids[4], noBig));
        return Table.of(columns);
    }

    private Path write(Table table, String name) {
        Path file = folder.resolve(name);
        try (Database database = Database.open("", 1)) {
            database.register("t", table);
            database.execute("copy t to " + Database.literal(file.toString()) + " (format parquet)");
        }
        return file;
    }

    private static void assertNear(String what, Column actual, Column expected) {
        assertThat(actual.size()).as(what).isEqualTo(expected.size());
        assertThat(actual.getClass()).as(what).isEqualTo(expected.getClass());
        if (actual instanceof Column.Lists a && expected instanceof Column.Lists b) {
            assertThat(a.offsets()).as(what).isEqualTo(b.offsets());
            assertNear(what, a.elements(), b.elements());
            return;
        }
        for (int row = 0; row < actual.size(); row++) {
            Object a = actual.value(row);
            Object b = expected.value(row);
            boolean near = a instanceof Double x && b instanceof Double y
                    ? Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y))
                    : Objects.equals(a, b);
            assertThat(near).as(what + ", row " + row + ": " + a + " and " + b).isTrue();
        }
    }
}

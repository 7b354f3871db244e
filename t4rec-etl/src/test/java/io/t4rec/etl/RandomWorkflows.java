package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Random events with awkward names, many of which SQL uses within, and values, and random workflows over them: what every engine must agree on. */
final class RandomWorkflows {
    static final String BRAND = "brand \"x\"; drop";

    static final Schema SCHEMA = Schema.of(
            ColumnSchema.scalar("session_id", DType.INT64).withTags(Tag.SESSION_ID),
            ColumnSchema.scalar("item_id", DType.INT64).withTags(Tag.ITEM_ID),
            ColumnSchema.scalar("time", DType.INT64).withTags(Tag.TIME),
            ColumnSchema.scalar(BRAND, DType.STRING),
            ColumnSchema.scalar("value", DType.FLOAT64),
            ColumnSchema.scalar("count", DType.INT64),
            ColumnSchema.scalar("t", DType.STRING),
            ColumnSchema.scalar("number", DType.INT64),
            ColumnSchema.ragged("e", DType.FLOAT64),
            ColumnSchema.ragged("v", DType.STRING));

    private final SplittableRandom random;
    private final Path folder;
    private final List<Operator> operators = new ArrayList<>();

    /** Columns by what may still be done with them. */
    private final Set<String> texts = new LinkedHashSet<>(List.of(BRAND, "t"));

    private final Set<String> integers = new LinkedHashSet<>(List.of("count", "number"));
    private final Set<String> numbers = new LinkedHashSet<>(List.of("value"));
    private final Set<String> numberLists = new LinkedHashSet<>(List.of("e"));
    private final Set<String> textLists = new LinkedHashSet<>(List.of("v"));
    private boolean sessionized;
    private boolean combined;

    private RandomWorkflows(SplittableRandom random, Path folder) {
        this.random = random;
        this.folder = folder;
    }

    /**
     * A workflow of up to ten operators on events and, three times in four, as many as fit after a groupby.
     *
     * @param folder for tables that are joined
     */
    static WorkflowConfig config(SplittableRandom random, Path folder) {
        LambdaFunctions.register("length", values ->
                (long) ((String) values.get(0)).codePointCount(0, ((String) values.get(0)).length()));
        RandomWorkflows workflow = new RandomWorkflows(random, folder);
        int count = random.nextInt(11);
        for (int i = 0; i < count; i++) {
            workflow.add();
        }
        if (random.nextInt(4) > 0) {
            workflow.group();
        }
        return new WorkflowConfig("session_id", "item_id", "time", workflow.operators);
    }

    private void add() {
        switch (random.nextInt(30)) {
            case 0 -> filter();
            case 1 -> sessionize();
            case 2 -> operators.add(new DropConsecutiveRepeats());
            case 3 -> operators.add(new MinSupport("item_id", 1 + random.nextInt(3)));
            case 4 -> timeFeatures();
            case 5 -> categorify();
            case 6 -> toNumbers(list -> new Clip(list, -2.0, random.nextBoolean() ? 3.5 : null));
            case 7 -> toNumbers(Log::new);
            case 8 -> toNumbers(Normalize::new);
            case 9 -> toNumbers(NormalizeMinMax::new);
            case 10 -> toNumbers(list -> new FillMedian(list, false));
            case 11 -> fillMissing();
            case 12 -> bucketize();
            case 13 -> hash();
            case 14 -> cross();
            case 15 -> differenceLag();
            case 16 -> operators.add(new DropMissing(List.of(any(numbers))));
            case 17 -> rename();
            case 18 -> operators.add(new ReduceDtypeSize(List.of("*", "-time", "-session_id")));
            case 19 -> metadata();
            case 20 -> joinGroupby();
            case 21 -> targetEncoding();
            case 22 -> popularity();
            case 23 -> relative();
            case 24 -> operators.add(new KCore(1 + random.nextInt(3), 1 + random.nextInt(3)));
            case 25 -> joinExternal();
            case 26 -> similarity();
            case 27 -> lambda();
            case 28 -> combine();
            default -> operators.add(new DataStats(List.of("*")));
        }
    }

    private List<String> key() {
        return texts.isEmpty() || random.nextBoolean()
                ? List.of("item_id")
                : random.nextBoolean() ? List.of(any(texts)) : List.of("item_id", any(texts));
    }

    private boolean first(Class<? extends Operator> kind) {
        return operators.stream().noneMatch(kind::isInstance);
    }

    private void joinGroupby() {
        if (first(JoinGroupby.class) && !numbers.isEmpty()) {
            List<String> by = key();
            String column = any(numbers);
            operators.add(
                    new JoinGroupby(by, List.of(column), List.of("count", "sum", "mean", "std", "var", "min", "max")));
            numbers.add(String.join("_", by) + "_" + column + "_std");
            numbers.add(String.join("_", by) + "_count");
        }
    }

    private void targetEncoding() {
        if (first(TargetEncoding.class)) {
            List<String> by = key();
            double smoothing = random.nextBoolean() ? 0 : 20;
            String target = numbers.contains("value") ? "value" : "item_id";
            operators.add(new TargetEncoding(by, target, 1 + random.nextInt(4), smoothing, 7L, "rows"));
            numbers.add("rows");
        }
    }

    private void popularity() {
        if (first(Popularity.class)) {
            operators.add(new Popularity(random.nextBoolean() ? null : key().get(0), null));
            integers.add("popularity");
        }
    }

    private void relative() {
        if (first(RelativeToGroup.class) && numbers.contains("value")) {
            List<String> by = key();
            operators.add(new RelativeToGroup(List.of("value"), by));
            numbers.add("value_relative_to_" + String.join("_", by));
        }
    }

    private void joinExternal() {
        if (first(JoinExternal.class) && texts.contains("t")) {
            String table = TestTables.write(
                            folder.resolve("colours.parquet"),
                            "select * from (values ('a', 1, 0.5, ['x', null]), ('a', 2, 1.5, []), ('red', null, null, ['z'])) "
                                    + "t(value, place, nth, id)")
                    .toString();
            JoinExternal.How how = random.nextInt(3) == 0 ? JoinExternal.How.INNER : JoinExternal.How.LEFT;
            operators.add(new JoinExternal(table, List.of("t"), List.of("value"), List.of(), how, true));
            integers.add("place");
            numbers.add("nth");
            textLists.add("id");
        }
    }

    private void similarity() {
        if (first(ColumnSimilarity.class)) {
            String vectors = TestTables.write(
                            folder.resolve("vectors.parquet"),
                            "select i as key, [sin(i), case when i % 3 = 0 then 0 else cos(i) end, 1.0] as vector"
                                    + " from range(9) t(i)")
                    .toString();
            ColumnSimilarity.Metric metric =
                    ColumnSimilarity.Metric.values()[random.nextInt(ColumnSimilarity.Metric.values().length)];
            operators.add(new ColumnSimilarity("item_id", "session_id", vectors, null, null, metric));
            numbers.add("item_id_session_id_sim");
        }
    }

    private void lambda() {
        if (first(Lambda.class) && !texts.isEmpty()) {
            operators.add(new Lambda("v0", List.of(any(texts)), "length({0})", "length", "int64"));
            integers.add("v0");
        }
    }

    private void combine() {
        if (texts.size() == 2 && !combined) {
            operators.add(Categorify.combined("t", BRAND, "item_id").withBuckets(1 + random.nextInt(3)));
            combined = true;
        }
    }

    private String any(Set<String> columns) {
        return columns.isEmpty() ? "time" : List.copyOf(columns).get(random.nextInt(columns.size()));
    }

    private void filter() {
        String text = texts.contains("t") ? "t" : "";
        switch (random.nextInt(text.isEmpty() ? 4 : 8)) {
            case 0 -> operators.add(new Filter(any(numbers), Filter.Test.PRESENT, null));
            case 1 -> operators.add(new Filter("item_id", Filter.Test.AT_MOST, 9));
            case 2 -> operators.add(new Filter("session_id", Filter.Test.IN, List.of(0, 2, 3, 4, 5)));
            case 3 -> operators.add(new Filter("item_id", Filter.Test.DIFFERENT, 7));
            case 4 -> operators.add(new Filter(text, Filter.Test.EQUAL, "b\""));
            case 5 -> operators.add(new Filter(text, Filter.Test.ABSENT, null));
            case 6 -> operators.add(new Filter(text, Filter.Test.IN, List.of("a", "Zoë's", "")));
            default -> operators.add(new Filter(text, Filter.Test.NOT_IN, List.of("b\"")));
        }
    }

    private void sessionize() {
        if (!sessionized) {
            operators.add(new Sessionize(1 + random.nextInt(3) * 7_200L));
            sessionized = true;
        }
    }

    private void timeFeatures() {
        List<String> features = new ArrayList<>(TimeFeatures.KNOWN);
        features.removeIf(feature -> random.nextInt(3) == 0 || numbers.contains(feature) || integers.contains(feature));
        if (!features.isEmpty() && operators.stream().noneMatch(TimeFeatures.class::isInstance)) {
            operators.add(new TimeFeatures(features));
            features.removeIf(TimeFeatures::isCategory);
            numbers.addAll(features);
        }
    }

    private void categorify() {
        if (random.nextInt(4) == 0 && texts.size() == 2) {
            operators.add(new Categorify(List.copyOf(texts), random.nextInt(3), 0, true));
            texts.clear();
            return;
        }
        Set<String> from = random.nextBoolean() ? texts : random.nextBoolean() ? integers : textLists;
        if (!from.isEmpty()) {
            String column = any(from);
            from.remove(column);
            operators.add(new Categorify(
                    List.of(column),
                    random.nextInt(3),
                    random.nextInt(2) * 4,
                    false,
                    false,
                    random.nextBoolean(),
                    random.nextInt(4),
                    random.nextInt(2) * 10,
                    Map.of()));
            if (random.nextInt(4) == 0) {
                operators.add(new InverseCategorify(List.of(column)));
            }
        }
    }

    /** Columns that become numbers, or whose elements do. */
    private void toNumbers(Function<List<String>, Operator> operator) {
        List<String> chosen = new ArrayList<>();
        if (!numbers.isEmpty()) {
            chosen.add(any(numbers));
        }
        if (!integers.isEmpty() && random.nextBoolean()) {
            String integer = any(integers);
            integers.remove(integer);
            numbers.add(integer);
            chosen.add(integer);
        }
        if (!numberLists.isEmpty() && random.nextBoolean()) {
            chosen.add(any(numberLists));
        }
        if (!chosen.isEmpty()) {
            operators.add(operator.apply(chosen.stream().distinct().toList()));
        }
    }

    private void fillMissing() {
        boolean indicator = operators.stream().noneMatch(FillMissing.class::isInstance);
        if (random.nextBoolean() && !texts.isEmpty()) {
            operators.add(new FillMissing(List.of(any(texts)), "it's \"none\"", indicator));
        } else if (!numbers.isEmpty()) {
            operators.add(new FillMissing(List.of(any(numbers), "e"), 0.25, indicator));
        }
    }

    private void bucketize() {
        if (!numbers.isEmpty() && random.nextBoolean()) {
            String column = any(numbers);
            if (numbers.remove(column)) {
                operators.add(new Bucketize(List.of(column), List.of(-1.0, 0.0, 1.0, 2.5)));
            }
        } else if (numberLists.remove("e")) {
            operators.add(new Bucketize(List.of("e"), List.of(0.5)));
        }
    }

    private void hash() {
        Set<String> from = random.nextBoolean() ? texts : random.nextBoolean() ? integers : textLists;
        if (!from.isEmpty()) {
            String column = any(from);
            from.remove(column);
            operators.add(new HashBucket(List.of(column), 1 + random.nextInt(9)));
        }
    }

    private void cross() {
        if (texts.size() == 2) {
            operators.add(new HashedCross(
                    List.of("t", BRAND, "item_id"), 1 + random.nextInt(50), "crossed" + operators.size()));
        }
    }

    private void differenceLag() {
        if (operators.stream().noneMatch(DifferenceLag.class::isInstance)) {
            List<String> by = random.nextBoolean() ? List.of() : List.of("item_id", "session_id");
            operators.add(new DifferenceLag(List.of(any(numbers), "item_id"), List.of(1, -2), by));
        }
    }

    private void rename() {
        if (numbers.remove("value")) {
            operators.add(new Rename(Map.of("value", "cost of 'it'")));
            numbers.add("cost of 'it'");
        }
    }

    private void metadata() {
        switch (random.nextInt(4)) {
            case 0 -> operators.add(new TagAs(List.of("item_id"), TagAs.Role.ITEM_ID));
            case 1 -> operators.add(new AddMetadata(List.of("tag:time"), List.of("context"), Map.of("unit", "µs")));
            case 2 -> operators.add(new DropLowCardinality(4));
            default -> operators.add(new ValueCount(List.of("v", "e")));
        }
        if (operators.get(operators.size() - 1) instanceof DropLowCardinality) {
            texts.remove("t"); // others may be gone too, so nothing names what may have been dropped
        }
    }

    private void group() {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        lists.put("item_id", List.of("list"));
        numbers.forEach(name -> lists.put(name, List.of("list", "first", "last", "count", "nunique")));
        texts.forEach(name -> lists.put(name, List.of("list", "nunique")));
        integers.forEach(
                name -> lists.put(name, random.nextInt(3) > 0 ? List.of("list") : List.of("sum", "max", "median")));
        boolean bySession = random.nextInt(3) > 0;
        List<String> by = bySession ? List.of() : texts.isEmpty() ? List.of("session_id") : List.of(any(texts));
        by.forEach(lists::remove);
        List<String> sort = random.nextInt(3) > 0 || numbers.isEmpty() ? List.of() : List.of(any(numbers));
        operators.add(new Groupby(lists, by, sort, random.nextBoolean()));
        if (random.nextBoolean()) {
            long start = random.nextInt(-4, 4);
            Long end = random.nextBoolean() ? null : (Long) (long) random.nextInt(-3, 5);
            boolean text = !texts.isEmpty();
            List<String> cut = random.nextInt(3) > 0 ? List.of() : List.of("item_id");
            int padTo = text && cut.isEmpty() ? 0 : random.nextInt(4);
            operators.add(new ListSlice(start, end, padTo, -1, cut));
        }
        if (lists.containsKey("number") && lists.get("number").size() == 1 && random.nextBoolean()) {
            operators.add(Categorify.of("number"));
        }
        if (random.nextBoolean()) {
            operators.add(new SessionLengthFilter(2));
        }
    }

    /** Events: few sessions, items and times, so that they meet and tie; some times before 1970. */
    static Table events(SplittableRandom random, int rows) {
        long[][] ids = new long[5][rows];
        @Nullable String[] colour = new String[rows];
        double[] price = new double[rows];
        @Nullable String[] brand = new String[rows];
        BitSet noPrice = new BitSet();
        BitSet noBig = new BitSet();
        for (int i = 0; i < rows; i++) {
            ids[0][i] = random.nextInt(8);
            ids[1][i] = random.nextInt(12);
            ids[2][i] = (random.nextInt(40) - 10) * 7_200_000_000L + random.nextInt(2);
            ids[3][i] = random.nextInt(5) - 1;
            price[i] = random.nextInt(12) == 0 ? -1 : random.nextDouble(-3, 9);
            noPrice.set(i, random.nextInt(5) == 0);
            noBig.set(i, random.nextInt(15) == 0);
            ids[4][i] = (1L << 53) + random.nextInt(4);
            colour[i] = oneOf(random, "a", "b\"", "red", null);
            brand[i] = oneOf(random, null, "a", "Zoë's", "b|\"\\", "", "😀\n");
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("session_id", Column.of(ids[0]));
        columns.put("item_id", Column.of(ids[1]));
        columns.put("time", Column.of(ids[2]));
        columns.put(BRAND, Column.of(brand));
        columns.put("value", new Column.Doubles(price, noPrice));
        columns.put("count", Column.of(ids[3]));
        columns.put("t", Column.of(colour));
        columns.put("number", new Column.Longs(ids[4], noBig));
        int[] offsets = new int[rows + 1];
        for (int i = 0; i < rows; i++) {
            offsets[i + 1] = offsets[i] + random.nextInt(4);
        }
        columns.put("e", new Column.Lists(sizes(random, offsets[rows]), offsets));
        columns.put("v", new Column.Lists(words(random, offsets[rows]), offsets));
        return Table.of(columns);
    }

    private static Column sizes(SplittableRandom random, int count) {
        double[] sizes = random.doubles(count, -1, 5).toArray();
        BitSet nulls = new BitSet();
        for (int i = 0; i < count; i++) {
            nulls.set(i, random.nextInt(6) == 0);
        }
        return new Column.Doubles(sizes, nulls);
    }

    private static Column words(SplittableRandom random, int count) {
        @Nullable String[] words = new String[count];
        for (int i = 0; i < count; i++) {
            words[i] = oneOf(random, "x", "y z", null, "'", "漢😀");
        }
        return Column.of(words);
    }

    private static @Nullable String oneOf(SplittableRandom random, @Nullable String... values) {
        return values[random.nextInt(values.length)];
    }
}

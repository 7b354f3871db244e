package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole workflows as YAML. */
class WorkflowYamlTest {
    private static final String EVERY_OPERATOR = """
            session: user
            item: item_id
            time: time
            operators:
              - {op: filter, column: country, test: IN, value: [de, fr]}
              - {op: filter, column: price, test: PRESENT}
              - {op: filter, column: price, test: AT_LEAST, value: 2}
              - {op: sessionize, gapSeconds: 1800}
              - op: drop-consecutive-repeats
              - {op: min-support, column: item_id, min: 5}
              - {op: time-features, features: [hour, weekday_sin, elapsed, recency]}
              - {op: fill-missing, columns: [price], value: 0.5}
              - {op: clip, columns: [price], min: 0}
              - {op: log, columns: [price, elapsed]}
              - {op: normalize, columns: [price]}
              - {op: categorify, columns: [item_id], frequencyThreshold: 2, maxSize: 1000}
              - {op: categorify, columns: [from, to], shared: true}
              - {op: fill-missing, columns: [stock], value: 3, indicator: true}
              - {op: fill-median, columns: ["type:float64"]}
              - {op: normalize-min-max, columns: [stock]}
              - {op: bucketize, columns: [age], boundaries: [18, 65.5]}
              - {op: hash-bucket, columns: ["agent*"], buckets: 1000}
              - {op: hashed-cross, columns: [city, device], buckets: 50}
              - {op: difference-lag, columns: [price], shifts: [1, -1]}
              - {op: drop-missing, columns: [price]}
              - {op: drop-low-cardinality, minCardinality: 3}
              - {op: reduce-dtype-size, columns: ["*"]}
              - {op: value-count, columns: ["tag:list"]}
              - {op: select, columns: ["*", "-age"]}
              - {op: tag-as, columns: [city], role: USER_FEATURES}
              - {op: add-metadata, columns: [price], tags: [item], properties: {currency: EUR}}
              - {op: rename, columns: [city], postfix: _id}
              - {op: copy, names: {price: price_again}}
              - {op: nested, name: part, operators: [{op: log, columns: [price_again]}]}
              - {op: categorify, columns: [a, b], combined: true, buckets: 5, startIndex: 10}
              - {op: categorify, columns: [c, d], singleTable: true, vocabularies: {c: [x, y], d: d.parquet}}
              - {op: inverse-categorify, columns: [a_b]}
              - {op: join-groupby, by: [country], columns: [price], stats: [count, mean]}
              - {op: target-encoding, by: [country], target: price, folds: 5, smoothing: 2.5}
              - {op: popularity}
              - {op: relative-to-group, columns: [price], by: [category]}
              - {op: k-core, minItem: 5, minSession: 2}
              - {op: data-stats, columns: ["*"]}
              - {op: join-external, table: items.parquet, on: [item_id], onTable: [id], how: INNER}
              - {op: column-similarity, left: item_id, right: seen_id, vectors: v.parquet, metric: TFIDF}
              - {op: lambda, output: gross, inputs: [price], sql: "{0} * 1.19", function: gross}
              - {op: groupby, by: [country], sort: [price], descending: true, aggregations: {price: [median]}}
              - {op: rename, names: {price: cost}}
              - {op: add-tags, columns: [cost], tags: [item]}
              - op: groupby
                aggregations:
                  item_id: [list]
                  cost: [list, first, last, count, nunique]
              - {op: list-slice, start: -20}
              - {op: list-slice, columns: ["tag:item_id"], end: 5, padTo: 5}
              - {op: session-length-filter, min: 2}
            """;

    private static WorkflowConfig everyOperator() {
        Map<String, List<String>> aggregations = new LinkedHashMap<>();
        aggregations.put("item_id", List.of("list"));
        aggregations.put("cost", List.of("list", "first", "last", "count", "nunique"));
        return new WorkflowConfig(
                "user",
                "item_id",
                "time",
                List.of(
                        new Filter("country", Filter.Test.IN, List.of("de", "fr")),
                        new Filter("price", Filter.Test.PRESENT, null),
                        new Filter("price", Filter.Test.AT_LEAST, 2L),
                        new Sessionize(1800),
                        new DropConsecutiveRepeats(),
                        new MinSupport("item_id", 5),
                        TimeFeatures.of("hour", "weekday_sin", "elapsed", "recency"),
                        new FillMissing(List.of("price"), 0.5),
                        new Clip(List.of("price"), 0.0, null),
                        new Log(List.of("price", "elapsed")),
                        new Normalize(List.of("price")),
                        new Categorify(List.of("item_id"), 2, 1000, false),
                        new Categorify(List.of("from", "to"), 0, 0, true),
                        new FillMissing(List.of("stock"), 3L, true),
                        new FillMedian(List.of("type:float64"), false),
                        new NormalizeMinMax(List.of("stock")),
                        new Bucketize(List.of("age"), List.of(18.0, 65.5)),
                        new HashBucket(List.of("agent*"), 1000),
                        new HashedCross(List.of("city", "device"), 50, null),
                        new DifferenceLag(List.of("price"), List.of(1, -1), List.of()),
                        new DropMissing(List.of("price")),
                        new DropLowCardinality(3),
                        new ReduceDtypeSize(List.of("*")),
                        new ValueCount(List.of("tag:list")),
                        new Select(List.of("*", "-age")),
                        new TagAs(List.of("city"), TagAs.Role.USER_FEATURES),
                        new AddMetadata(List.of("price"), List.of("item"), Map.of("currency", "EUR")),
                        new Rename(Map.of(), List.of("city"), "_id"),
                        new Copy(Map.of("price", "price_again")),
                        new Nested("part", List.of(new Log(List.of("price_again")))),
                        new Categorify(List.of("a", "b"), 0, 0, false, true, false, 5, 10, Map.of()),
                        new Categorify(
                                List.of("c", "d"),
                                0,
                                0,
                                false,
                                false,
                                true,
                                1,
                                0,
                                Map.of("c", List.of("x", "y"), "d", "d.parquet")),
                        new InverseCategorify(List.of("a_b")),
                        new JoinGroupby(List.of("country"), List.of("price"), List.of("count", "mean")),
                        new TargetEncoding(List.of("country"), "price", 5, 2.5, 42L, null),
                        new Popularity(null, null),
                        new RelativeToGroup(List.of("price"), List.of("category")),
                        new KCore(5, 2),
                        new DataStats(List.of("*")),
                        new JoinExternal(
                                "items.parquet",
                                List.of("item_id"),
                                List.of("id"),
                                List.of(),
                                JoinExternal.How.INNER,
                                false),
                        new ColumnSimilarity(
                                "item_id", "seen_id", "v.parquet", "key", "vector", ColumnSimilarity.Metric.TFIDF),
                        new Lambda("gross", List.of("price"), "{0} * 1.19", "gross", "float64"),
                        new Groupby(Map.of("price", List.of("median")), List.of("country"), List.of("price"), true),
                        new Rename(Map.of("price", "cost")),
                        new AddTags(List.of("cost"), List.of("item")),
                        new Groupby(aggregations),
                        new ListSlice(-20, null),
                        new ListSlice(0, 5L, 5, 0, List.of("tag:item_id")),
                        new SessionLengthFilter(2)));
    }

    @Test
    void readsEveryOperatorAsComposedInJavaAndWritesItBack() {
        WorkflowConfig read = ConfigFiles.parseYaml(EVERY_OPERATOR, WorkflowConfig.class);
        assertThat(read).isEqualTo(everyOperator());
        assertThat(ConfigFiles.parseYaml(ConfigFiles.toYaml(read), WorkflowConfig.class))
                .isEqualTo(read);
        JsonSubTypes kinds = Objects.requireNonNull(Operator.class.getAnnotation(JsonSubTypes.class));
        assertThat(read.operators())
                .extracting(Object::getClass)
                .as("operators that the text above shows")
                .containsAll(Arrays.stream(kinds.value())
                        .map(JsonSubTypes.Type::value)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{op: categorfy, columns: [a]} | operators[0]: op: categorfy | did you mean categorify?",
                "{op: sessionise, gapSeconds: 3} | operators[0]: op: sessionise | did you mean sessionize?",
                "{columns: [a]} | operators[0]: op: absent | categorify",
                "{op: categorify, columns: [a], maxsize: 3} | maxsize | did you mean maxSize?",
                "{op: groupby, aggregations: {a: [lst]}} | groupby: lst | did you mean list?",
                "{op: time-features, features: [hours]} | time-features: hours | did you mean hour?",
                "{op: filter, column: a, test: EQUALS, value: 1} | EQUALS | EQUAL",
                "{op: filter, column: a, test: IN, value: 1} | test IN, value 1 | a list with at least one",
                "{op: filter, column: a, test: ABSENT, value: 1} | test ABSENT, value 1 | none for PRESENT and ABSENT",
                "{op: categorify} | categorify: no columns | at least one",
                "{op: sessionize, gapSeconds: 0} | gapSeconds 0 | expected: 1 to",
                "{op: clip, columns: [a], min: 3, max: 2} | min 3.0, max 2.0 | min <= max",
                "{op: clip, columns: [a]} | min null, max null | at least one",
                "{op: fill-missing, columns: [a]} | value null | a finite number or text",
                "{op: rename} | rename: no names | at least one",
                "{op: min-support, column: a, min: 0} | min 0 | min >= 1",
                "{op: session-length-filter, min: 0} | min 0 | >= 1",
            })
    void saysWhatIsWrongAndNamesTheNearest(String operator, String wrong, String expected) {
        String yaml = "session: s\nitem: i\ntime: t\noperators:\n  - " + operator + "\n";
        assertThatThrownBy(() -> ConfigFiles.parseYaml(yaml, WorkflowConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(wrong)
                .hasMessageContaining(expected);
    }

    @Test
    void refusesAWorkflowWithoutRoles() {
        assertThatThrownBy(() -> ConfigFiles.parseYaml("session: s\noperators: []\n", WorkflowConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("item null");
    }

    @Test
    void saysWhichColumnsItNeedsToKnow() {
        assertThatThrownBy(() -> ConfigFiles.parseYaml("item: sku\noperators: []\n", WorkflowConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("workflow: session null, item sku, time null (expected: session, item and time");
    }
}

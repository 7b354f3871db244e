package io.t4rec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged and contradictory files: always a {@link SchemaException} that tells where. */
class SchemaHostileInputTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            feature { name: "a" type: INT                                                  | line 1
            feature {~ name: "a"~ type: INTEGER }                                          | line 3
            feature {~ name: "a"~ int_domian { max: 3 } }                                  | line 3, column 2: not a schema (unknown field Feature.int_domian; did you mean int_domain?)
            feature { name: "a" int_domain { max: "3" } }                                  | line 1
            feature { name: "a" int_domain { max: 99999999999999999999 } }                 | line 1
            feature { name: "a" name: "b" }                                                | line 1
            feature { name: "a~" }                                                         | line 1
            ~feature { type: INT }                                                         | line 2, feature 1 of 1: no name
            feature { name: "a" }~feature { name: "b" int_domain { min: 4 max: 3 } }       | line 2, column b: int domain: 4 to 3
            feature { name: "b" type: FLOAT float_domain { min: 4 max: 3 } }               | line 1, column b: float domain: 4.0 to 3.0
            feature { name: "b" type: FLOAT float_domain { min: nan max: 3 } }             | line 1, column b: float domain: NaN
            feature { name: "b" value_count { min: 4 max: 3 } }                            | line 1, column b: list length: 4 to 3
            feature { name: "b" value_count { min: -4 max: 3 } }                           | line 1, column b: list length: -4 to 3
            feature { name: "b" shape { dim { size: 2 } dim { size: 3 } } }                | line 1, column b: shape: [2, 3]
            feature { name: "b" value_counts { value_count { } value_count { } } }         | line 1, column b: value_counts: 2 levels
            feature { name: "b" type: STRUCT struct_domain { } }                           | line 1, column b: type: STRUCT
            feature { name: "b" annotation { tag: "continuous" tag: "categorical" } }      | line 1, column b: tags
            feature { name: "b" annotation { tag: " " } }                                  | line 1, column b: tag
            feature { name: "b" annotation { extra_metadata { } extra_metadata { } } }     | line 1, column b: extra_metadata: 2 entries
            feature { name: "b" annotation { extra_metadata { value: "zz" } } }            | line 1, column b: extra_metadata: damaged
            feature { name: "b" annotation { extra_metadata { type_url: "x/y" } } }        | line 1, column b: extra_metadata: of type x/y
            feature { name: "b" type: INT }~feature { name: "b" type: FLOAT }              | line 2, column b: twice
            feature { name: "b" annotation { extra_metadata { [x.y/Unknown] { } } } }      | line 1
            hello                                                                          | line 1
            """)
    void namesLineOrColumnOfBadText(String text, String expected) {
        assertThatThrownBy(() -> read(text.replace('~', '\n')))
                .isInstanceOf(SchemaException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"feature": [{"name": "a"}                                                         | line 1
            {"feature": [{"name": "a"}]} trailing                                              | line 1
            {"feature": [{"name": "a", "name": "b"}]}                                          | line 1
            {"feature": {"name": "a"}}                                                         | feature: object (expected: a list)
            {"feature": [{"name": 5}]}                                                         | feature[0].name: 5 (expected: text)
            {"feature": ["a"]}                                                                 | feature[0]: "a" (expected: an object)
            {"feature": [{"name": "a", "type": "INTEGER"}]}                                    | feature[0].type: "INTEGER" (expected: one of [TYPE_UNKNOWN, BYTES, INT, FLOAT, STRUCT])
            {"feature": [{"name": "a", "valueCount": {"min": "two"}}]}                         | feature[0].valueCount.min: "two" (expected: an integer
            {"feature": [{"name": "a", "valueCount": {"min": 1.5}}]}                           | feature[0].valueCount.min: 1.5 (expected: an integer
            {"feature": [{"name": "a", "intDomain": {"max": "99999999999999999999"}}]}         | feature[0].intDomain.max: "99999999999999999999"
            {"feature": [{"name": "a", "intDomain": {"max": 99999999999999999999}}]}           | feature[0].intDomain.max: 99999999999999999999
            {"feature": [{"name": "a", "intDomain": {"isCategorical": "yes"}}]}                | feature[0].intDomain.isCategorical
            {"feature": [{"name": "a", "floatDomain": {"max": "big"}}]}                        | feature[0].floatDomain.max: "big" (expected: a number)
            {"feature": [{"name": "a", "annotation": {"tag": "item"}}]}                        | feature[0].annotation.tag: "item" (expected: a list)
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [3]}}]}                 | feature[0].annotation.extraMetadata[0]: 3
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [{"x": NaN}]}}]}        | property x: NaN (expected: a finite number)
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [{"x": 9007199254740993}]}}]} | property x: 9007199254740993
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [{"is_list": 1}]}}]}    | column a: is_list: 1 (expected: true or false)
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [{"is_ragged": true}]}}]} | column a: is_ragged
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [{"dtype_item_size": "x"}]}}]} | column a: dtype_item_size: x
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [{"_dims": [null, 2, 3]}]}}]} | column a: _dims: [null, 2, 3]
            {"feature": [{"name": "a", "annotation": {"extraMetadata": [{"_dims": [null, "x"]}]}}]} | column a: list length: x
            {"feature": [{"type": "INT"}]}                                                     | feature 1 of 1: no name
            {"feature": [{"name": "a", "type": "INT", "intDomain": {"min": 4, "max": "3"}}]}   | column a: int domain: 4 to 3
            {"columns": []}                                                                    | feature: none
            """)
    void namesLineOrFieldOfBadJson(String json, String expected) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(SchemaException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(expected);
    }

    @Test
    void refusesAnEmptyFileAndOneThatIsNoText() throws IOException {
        assertThatThrownBy(() -> read("")).isInstanceOf(SchemaException.class).hasMessageContaining("cut off");
        Path binary = Files.write(folder.resolve("schema.pb"), new byte[] {10, (byte) 0xff, 3, 0});
        assertThatThrownBy(() -> Schema.read(binary))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("schema.pb: not text in UTF-8");
        assertThatThrownBy(() -> Schema.of().write(folder.resolve("empty.pbtxt")))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("no columns");
    }

    @Test
    void readsPastAByteOrderMark() throws IOException {
        assertThat(read("\uFEFFfeature { name: \"a\" }").names()).containsExactly("a");
        assertThat(read("\uFEFF {\"feature\": [{\"name\": \"a\"}]}").names()).containsExactly("a");
    }

    /** Neither overflows the stack. */
    @Test
    void refusesHugeNesting() {
        int levels = 100_000;
        assertThatThrownBy(() -> read("{\"feature\": " + "[".repeat(levels)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("not JSON");
        assertThatThrownBy(() -> read("feature { name: \"a\" struct_domain { ".repeat(levels)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("line 1");
        String deep = "{\"feature\": [{\"name\": \"a\", \"annotation\": {\"extraMetadata\": [{\"x\": " + "[".repeat(900)
                + "]".repeat(900) + "}]}}]}";
        assertThatThrownBy(() -> read(deep))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("property x: nested");
    }

    @Test
    void propertiesOfTheGreatestDepthSurvive() {
        Object value = 1L;
        for (int i = 0; i < JsonValues.MAX_DEPTH; i++) {
            value = Map.of("k", value);
        }
        Schema schema = Schema.of(ColumnSchema.scalar("a", DType.INT64).withProperties(Map.of("x", value)));
        assertThat(SchemaText.parse(SchemaText.toText(schema))).isEqualTo(schema);
        assertThat(SchemaJson.parse(SchemaJson.toJson(schema))).isEqualTo(schema);
    }

    /** Whatever is cut off or changed, the file is read or refused; nothing else is thrown. */
    @Test
    void refusesOrReadsEveryDamagedFile() throws IOException {
        Schema schema = Schema.of(
                ColumnSchema.categorical("item", 9)
                        .withTags(Tag.ITEM_ID)
                        .withShape(ColumnShape.ragged(1, 20))
                        .withProperties(Map.of("sizes", Map.of("a", 1, "b", 0.5))),
                ColumnSchema.continuous("price").withFloatDomain(FloatDomain.of(0, 1)));
        for (String name : new String[] {"s.pbtxt", "s.json"}) {
            Path file = folder.resolve(name);
            schema.write(file);
            byte[] whole = Files.readAllBytes(file);
            for (long seed = 0; seed < 600; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                byte[] damaged = whole.clone();
                for (int i = random.nextInt(4); i > 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(32, 127);
                }
                int length = random.nextBoolean() ? damaged.length : random.nextInt(damaged.length);
                String text = new String(damaged, 0, length, StandardCharsets.UTF_8);
                try {
                    assertThat(read(text).size()).as("seed %d", seed).isPositive();
                } catch (SchemaException e) {
                    assertThat(e.getMessage()).as("seed %d", seed).startsWith(folder.toString());
                }
            }
        }
    }

    private Schema read(String text) throws IOException {
        return Schema.read(Files.writeString(folder.resolve("schema.txt"), text));
    }
}

package io.t4rec.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemas in the forms in which Transformers4Rec, NVTabular and TensorFlow write them. */
class SchemaFormsTest {
    @TempDir
    Path folder;

    @Test
    void readsTheTextThatPeopleWriteForTransformers4Rec() throws IOException {
        Schema schema = survives("""
                feature {
                  name: "clicked/list"
                  value_count { min: 2 max: 20 }
                  type: INT
                  int_domain { name: "product" min: 1 max: 390000 is_categorical: true }
                  annotation { tag: "item_id" tag: "list" tag: "categorical" tag: "item" }
                }
                # a comment
                feature {
                  name: "price/norm/list"
                  value_count { min: 2 max: 20 }
                  type: FLOAT
                  float_domain { name: "price/norm/list" min: -2.9177291 max: 0.407965\t }
                  annotation { tag: "continuous" tag: "list" }
                }
                feature { name: "visit" type: INT annotation { tag: "groupby_col" } }
                feature { name: "day_idx" annotation { } }
                """);
        assertThat(schema.names()).containsExactly("clicked/list", "price/norm/list", "visit", "day_idx");
        assertThat(schema.itemId())
                .isEqualTo(new ColumnSchema(
                        "clicked/list",
                        DType.INT64,
                        ColumnShape.ragged(2, 20),
                        Set.of(Tag.ITEM, Tag.ID, Tag.LIST, Tag.CATEGORICAL),
                        new IntDomain(1, 390_000, "product"),
                        null,
                        Map.of()));
        ColumnSchema price = schema.get("price/norm/list");
        assertThat(price.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(price.floatDomain()).isEqualTo(new FloatDomain(-2.9177291, 0.407965, "price/norm/list"));
        assertThat(schema.get("visit"))
                .isEqualTo(ColumnSchema.scalar("visit", DType.INT64).withTags(new Tag("groupby_col")));
        assertThat(schema.get("day_idx").dtype()).isEqualTo(DType.STRING);
    }

    /** Bytes of a Struct, fields in any order; {@code min: 0} is left out, and so are both bounds of an open list. */
    @Test
    void readsTheTextOfNvTabular() throws IOException {
        Schema schema = survives("""
                feature {
                  name: "country"
                  value_count {
                  }
                  type: INT
                  int_domain {
                    name: "country"
                    max: 6
                    is_categorical: true
                  }
                  annotation {
                    tag: "sequence"
                    extra_metadata {
                      type_url: "type.googleapis.com/google.protobuf.Struct"
                      value: "\\n\\034\\n\\017dtype_item_size\\022\\t\\021\\000\\000\\000\\000\\000\\000@@\\n\\021\\n\\013num_buckets\\022\\002\\010\\000\\nG\\n\\017embedding_sizes\\0224*2\\n\\030\\n\\013cardinality\\022\\t\\021\\000\\000\\000\\000\\000\\000\\034@\\n\\026\\n\\tdimension\\022\\t\\021\\000\\000\\000\\000\\000\\0000@\\n\\017\\n\\tis_ragged\\022\\002 \\001\\n\\r\\n\\007is_list\\022\\002 \\001"
                    }
                  }
                }
                """);
        ColumnSchema country = schema.get("country");
        assertThat(country.dtype()).isEqualTo(DType.INT32);
        assertThat(country.shape()).isEqualTo(ColumnShape.ragged());
        assertThat(country.tags()).containsExactly(Tag.CATEGORICAL, Tag.SEQUENCE);
        assertThat(country.cardinality()).isEqualTo(7);
        assertThat(country.properties())
                .containsEntry("num_buckets", null)
                .containsEntry("embedding_sizes", Map.of("cardinality", 7L, "dimension", 16L))
                .hasSize(2);
    }

    @Test
    void readsExtraMetadataThatIsSpelledOut() throws IOException {
        Schema schema = survives("""
                feature {
                  name: "size"
                  type: FLOAT
                  annotation {
                    extra_metadata {
                      [type.googleapis.com/google.protobuf.Struct] {
                        fields { key: "dtype_item_size" value { number_value: 32 } }
                        fields { key: "start_index" value { number_value: 1 } }
                        fields { key: "sizes" value { list_value { values { number_value: 0.5 } values { null_value: NULL_VALUE } } } }
                      }
                    }
                  }
                }
                """);
        ColumnSchema size = schema.get("size");
        assertThat(size.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(size.properties()).containsEntry("start_index", 1L);
        assertThat((List<?>) size.properties().get("sizes")).hasToString("[0.5, null]");
    }

    @Test
    void readsTheJsonOfMerlinWithItsStrayKeys() throws IOException {
        Schema schema = survives("""
                {"feature": [
                  {"name": "item", "valueCount": {"min": "1", "max": "5"}, "type": "INT",
                   "intDomain": {"name": "item", "min": "1", "max": "331", "isCategorical": true, "is_list": true},
                   "annotation": {"tag": ["item_id"], "extraMetadata": [
                     {"is_list": true, "is_ragged": true, "dtype_item_size": 64.0, "_dims": [[0.0, null], [1.0, 5.0]],
                      "cat_path": "x/unique.item.parquet", "embedding_sizes": {"cardinality": 331.0, "dimension": 64.0}}]}},
                  {"name": "vector", "type": 3, "float_domain": {"max": "Infinity"},
                   "annotation": {"extraMetadata": [{"@type": "type.googleapis.com/google.protobuf.Struct",
                     "value": {"is_list": true, "is_ragged": false, "_dims": [null, 8.0]}}]}}
                ]}
                """);
        ColumnSchema item = schema.itemId();
        assertThat(item.shape()).isEqualTo(ColumnShape.ragged(1, 5));
        assertThat(item.tags()).containsExactly(Tag.CATEGORICAL, Tag.ID, Tag.ITEM);
        assertThat(item.cardinality()).isEqualTo(332);
        assertThat(item.properties()).containsOnlyKeys("cat_path", "embedding_sizes");
        ColumnSchema vector = schema.get("vector");
        assertThat(vector.shape()).isEqualTo(ColumnShape.fixed(8));
        assertThat(vector.floatDomain()).isEqualTo(FloatDomain.of(0, Double.POSITIVE_INFINITY));
    }

    /** Transformers4Rec's reader of text leaves them there when it writes the schema again. */
    @Test
    void findsPropertiesInAComment() throws IOException {
        Schema schema = survives("""
                {"feature": [{"name": "shop", "type": "INT",
                  "annotation": {"comment": ["{\\"max_size\\": 10.0, \\"dtype_item_size\\": 32.0, \\"num_buckets\\": null}"]}},
                  {"name": "note", "annotation": {"comment": ["{in brackets}"]}}]}
                """);
        assertThat(schema.get("shop").dtype()).isEqualTo(DType.INT32);
        assertThat(schema.get("shop").properties())
                .containsEntry("max_size", 10L)
                .containsEntry("num_buckets", null)
                .hasSize(2);
        assertThat(schema.get("note").properties()).containsKey(ColumnSchema.TF_METADATA);
    }

    @Test
    void keepsWhatTensorFlowMetadataSaysBeyondColumns() throws IOException {
        String text = """
                feature {
                  name: "company"
                  type: BYTES
                  lifecycle_stage: VALIDATION_DERIVED
                  presence { min_fraction: 0.25 min_count: 9007199254740993 }
                  domain: "companies"
                  annotation { comment: "as registered" comment: "in 2013" }
                  skew_comparator { infinity_norm { threshold: 0.01 } }
                  in_environment: "TRAINING"
                }
                feature {
                  name: "fare"
                  type: FLOAT
                  shape { dim { size: 1 name: "one" } }
                  float_domain { min: 0.1 max: 3 disallow_nan: true }
                }
                feature { name: "open" type: INT int_domain { min: 3 } }
                feature { name: "vector" type: FLOAT shape { dim { size: 16 } } }
                sparse_feature { name: "basket" dense_shape { dim { size: 100 } } index_feature { name: "open" } value_feature { name: "fare" } }
                string_domain { name: "companies" value: "a" value: "b" }
                tensor_representation_group {
                  key: ""
                  value { tensor_representation { key: "x" value { dense_tensor { column_name: "fare" default_value { bytes_value: "\\001\\377" } } } } }
                }
                """;
        Schema schema = survives(text);
        assertThat(schema.get("fare").shape()).isEqualTo(ColumnShape.SCALAR);
        assertThat(schema.get("fare").floatDomain()).isEqualTo(FloatDomain.of(0.1, 3));
        assertThat(schema.get("open").intDomain()).isNull();
        assertThat(schema.get("vector").shape()).isEqualTo(ColumnShape.fixed(16));
        assertThat(schema.metadata()).containsOnlyKeys("sparseFeature", "stringDomain", "tensorRepresentationGroup");

        String written = SchemaText.toText(schema);
        for (String kept : List.of(
                "min_count: 9007199254740993",
                "min_fraction: 0.25",
                "domain: \"companies\"",
                "lifecycle_stage: VALIDATION_DERIVED",
                "comment: \"in 2013\"",
                "threshold: 0.01",
                "in_environment: \"TRAINING\"",
                "disallow_nan: true",
                "min: 0.1",
                "name: \"one\"",
                "size: 16",
                "min: 3",
                "index_feature",
                "value: \"b\"",
                "bytes_value: \"\\001\\377\"")) {
            assertThat(written).contains(kept);
        }
        assertThat(schema.excluding(List.of("open")).metadata()).containsOnlyKeys("stringDomain");
        assertThat(schema.excluding(List.of()).metadata()).isEqualTo(schema.metadata());
    }

    @Test
    void resolvesADomainThatTheSchemaDefinesForSeveralColumns() throws IOException {
        Schema schema = survives("""
                feature { name: "viewed" type: INT domain: "products" }
                feature { name: "bought" type: INT domain: "products" }
                int_domain { name: "products" min: 1 max: 50 is_categorical: true }
                """);
        for (ColumnSchema column : schema.columns()) {
            assertThat(column.intDomain()).isEqualTo(new IntDomain(1, 50, "products"));
            assertThat(column.tags()).containsExactly(Tag.CATEGORICAL);
        }
    }

    @Test
    void takesDomainAndLengthsFromPropertiesWhereTheFeatureHasNone() throws IOException {
        Schema schema = survives("""
                {"feature": [
                  {"name": "a", "type": "INT", "annotation": {"extraMetadata": [{"is_list": true, "is_ragged": true,
                    "domain": {"min": 2, "max": 9, "name": "d"}, "value_count": {"min": 1, "max": 4}}]}},
                  {"name": "b", "type": "FLOAT", "annotation": {"extraMetadata": [{"domain": {"min": -0.5, "max": 1}}]}},
                  {"name": "c", "type": "INT", "intDomain": {"max": 3},
                   "annotation": {"extraMetadata": [{"domain": {"min": 2, "max": 9}}]}}]}
                """);
        assertThat(schema.get("a").intDomain()).isEqualTo(new IntDomain(2, 9, "d"));
        assertThat(schema.get("a").shape()).isEqualTo(ColumnShape.ragged(1, 4));
        assertThat(schema.get("b").floatDomain()).isEqualTo(FloatDomain.of(-0.5, 1));
        assertThat(schema.get("c").intDomain()).isEqualTo(IntDomain.of(0, 3));
    }

    /** A list whose lengths differ is ragged whatever the flag says. */
    @Test
    void trustsTheLengthsMoreThanTheFlag() throws IOException {
        Schema schema = survives("""
                {"feature": [{"name": "a", "type": "INT", "valueCount": {"min": "2", "max": "20"},
                  "annotation": {"extraMetadata": [{"is_list": true, "is_ragged": false}]}}]}
                """);
        assertThat(schema.get("a").shape()).isEqualTo(ColumnShape.ragged(2, 20));
    }

    @Test
    void aDomainGivenLaterTakesThePlaceOfTheOneInTheFile() throws IOException {
        Schema read = read("feature { name: \"a\" type: INT domain: \"elsewhere\" presence { min_count: 1 } }");
        ColumnSchema changed = read.get("a").withIntDomain(IntDomain.of(0, 4)).withShape(ColumnShape.fixed(3));
        String text = SchemaText.toText(Schema.of(changed));
        assertThat(text).contains("min_count: 1", "max: 4").doesNotContain("elsewhere");
        assertThat(SchemaText.parse(text).get("a").intDomain()).isEqualTo(IntDomain.of(0, 4));
    }

    @Test
    void countsAFeatureOnceThatIsRepeatedWordByWord() throws IOException {
        String feature = "feature { name: \"country\" type: INT int_domain { min: 1 max: 70 } }\n";
        assertThat(read(feature + feature).names()).containsExactly("country");
    }

    @Test
    void writesTheFormsThatOthersRead() {
        Schema schema = Schema.of(
                ColumnSchema.categorical("item", 9)
                        .withTags(Tag.ITEM_ID)
                        .withShape(ColumnShape.ragged(1, 20))
                        .withProperties(Map.of("max_size", 0L)),
                ColumnSchema.scalar("new", DType.BOOL));
        assertThat(SchemaText.toText(schema)).isEqualTo("""
                feature {
                  name: "item"
                  type: INT
                  value_count {
                    min: 1
                    max: 20
                  }
                  int_domain {
                    min: 0
                    max: 9
                    is_categorical: true
                  }
                  annotation {
                    tag: "categorical"
                    tag: "id"
                    tag: "item"
                    extra_metadata {
                      type_url: "type.googleapis.com/google.protobuf.Struct"
                      value: "\\n\\025\\n\\bmax_size\\022\\t\\021\\000\\000\\000\\000\\000\\000\\000\\000\\n\\r\\n\\ais_list\\022\\002 \\001\\n\\017\\n\\tis_ragged\\022\\002 \\001\\n\\034\\n\\017dtype_item_size\\022\\t\\021\\000\\000\\000\\000\\000\\000P@"
                    }
                  }
                }
                feature {
                  name: "new"
                  type: INT
                  bool_domain {
                  }
                  annotation {
                    extra_metadata {
                      type_url: "type.googleapis.com/google.protobuf.Struct"
                      value: "\\n\\r\\n\\ais_list\\022\\002 \\000\\n\\017\\n\\tis_ragged\\022\\002 \\000\\n\\034\\n\\017dtype_item_size\\022\\t\\021\\000\\000\\000\\000\\000\\000 @"
                    }
                  }
                }
                """);
        assertThat(SchemaJson.toJson(Schema.of(schema.get("item"))).replaceAll("\\s+", " "))
                .isEqualTo("{ \"feature\" : [ { \"name\" : \"item\", \"type\" : \"INT\","
                        + " \"valueCount\" : { \"min\" : \"1\", \"max\" : \"20\" },"
                        + " \"intDomain\" : { \"min\" : \"0\", \"max\" : \"9\", \"isCategorical\" : true },"
                        + " \"annotation\" : { \"tag\" : [ \"categorical\", \"id\", \"item\" ],"
                        + " \"extraMetadata\" : [ { \"max_size\" : 0, \"is_list\" : true, \"is_ragged\" : true,"
                        + " \"dtype_item_size\" : 64 } ] } } ] } ");
    }

    private Schema read(String text) throws IOException {
        return Schema.read(Files.writeString(folder.resolve("schema"), text));
    }

    /** What was read, after a check that it comes back from both forms as it was. */
    private Schema survives(String text) throws IOException {
        Schema schema = read(text);
        for (String name : List.of("schema.pbtxt", "schema.json")) {
            schema.write(folder.resolve(name));
            assertThat(Schema.read(folder.resolve(name))).as(name).isEqualTo(schema);
        }
        return schema;
    }
}

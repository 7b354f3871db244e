package io.t4rec.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SchemaRoundTripTest {
    private static final List<Tag> TAGS = List.of(
            Tag.CATEGORICAL,
            Tag.LIST,
            Tag.SEQUENCE,
            Tag.TIME,
            Tag.ID,
            Tag.USER,
            Tag.ITEM,
            Tag.SESSION,
            Tag.TARGET,
            Tag.BINARY_CLASSIFICATION,
            new Tag("größe \"cm\""));

    @Test
    void anySchemaSurvivesBothFormsAndOneThroughTheOther() {
        for (long seed = 0; seed < 400; seed++) {
            Schema schema = schema(new SplittableRandom(seed));
            String text = SchemaText.toText(schema);
            String json = SchemaJson.toJson(schema);
            assertThat(SchemaText.parse(text)).as("text, seed %d", seed).isEqualTo(schema);
            assertThat(SchemaJson.parse(json)).as("JSON, seed %d", seed).isEqualTo(schema);
            assertThat(SchemaJson.toJson(SchemaText.parse(text)))
                    .as("text to JSON, seed %d", seed)
                    .isEqualTo(json);
            assertThat(SchemaText.toText(SchemaJson.parse(json)))
                    .as("JSON to text, seed %d", seed)
                    .isEqualTo(text);
        }
    }

    private static Schema schema(SplittableRandom random) {
        Map<String, ColumnSchema> columns = new LinkedHashMap<>();
        int count = random.nextInt(1, 6);
        for (int i = 0; i < count; i++) {
            ColumnSchema column = column(text(random) + i, random);
            columns.put(column.name(), column);
        }
        return Schema.of(columns.values());
    }

    private static ColumnSchema column(String name, SplittableRandom random) {
        DType dtype = DType.values()[random.nextInt(DType.values().length)];
        ColumnShape shape = switch (random.nextInt(4)) {
            case 0 -> ColumnShape.SCALAR;
            case 1 -> ColumnShape.fixed(1 + random.nextInt(30));
            case 2 -> ColumnShape.ragged(random.nextInt(5), random.nextBoolean() ? 0 : 5 + random.nextInt(30));
            default -> ColumnShape.ragged(7, 7);
        };
        Set<Tag> tags = new LinkedHashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            tags.add(TAGS.get(random.nextInt(TAGS.size())));
        }
        String domainName = random.nextBoolean() ? text(random) : null;
        IntDomain ints = null;
        FloatDomain floats = null;
        if (dtype.isInteger() && random.nextBoolean()) {
            long a = random.nextLong() >> random.nextInt(64);
            long b = random.nextLong() >> random.nextInt(64);
            ints = new IntDomain(Math.min(a, b), Math.max(a, b), domainName);
        }
        if (dtype.isFloating() && random.nextBoolean()) {
            double a = random.nextDouble(-9, 9) * Math.pow(10, random.nextInt(-40, 37));
            double b = random.nextInt(8) == 0 ? Double.POSITIVE_INFINITY : random.nextDouble(-9, 9);
            floats = new FloatDomain(Math.min(a, b), Math.max(a, b), domainName);
        }
        Map<String, @Nullable Object> properties = map(random, 3);
        if (random.nextInt(3) == 0) {
            properties.put(
                    ColumnSchema.TF_METADATA,
                    Map.of(
                            "presence", Map.of("minFraction", random.nextDouble(), "minCount", "" + random.nextLong()),
                            "annotation", Map.of("comment", List.of(text(random), text(random))),
                            "lifecycleStage", "BETA"));
        }
        return new ColumnSchema(name, dtype, shape, tags, ints, floats, properties);
    }

    private static Map<String, @Nullable Object> map(SplittableRandom random, int depth) {
        Map<String, @Nullable Object> map = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put(text(random), value(random, depth));
        }
        return map;
    }

    private static @Nullable Object value(SplittableRandom random, int depth) {
        switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0:
                return text(random);
            case 1:
                return random.nextBoolean();
            case 2:
                return (random.nextLong() >> 11) >> random.nextInt(52);
            case 3:
                return random.nextDouble() * Math.pow(10, random.nextInt(-300, 300));
            case 4:
                return null;
            case 5:
                return map(random, depth - 1);
            default:
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                return list;
        }
    }

    /** Letters, quotes, line breaks, other alphabets, characters beyond 16 bits. */
    private static String text(SplittableRandom random) {
        String alphabet = "abc/_-'\"\\\n\t\r{}:#äß漢\u0001";
        StringBuilder text = new StringBuilder("n");
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return random.nextInt(5) == 0 ? text.append("\uD83D\uDE00").toString() : text.toString();
    }
}

package io.t4rec.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.SequenceBatch;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;

/** A file of golden vectors of Transformers4Rec, opened inside a scope. */
public record GoldenCase(String name, JsonNode description, Map<String, Tensor> tensors) {
    private static final String EXTENSION = ".safetensors";

    /** Hugging Face's bodies; the test is skipped when there are none. */
    public static List<Path> transformers() throws IOException {
        return files("transformers", name -> true);
    }

    /** Files whose name begins so; the test is skipped when there are none. */
    public static List<Path> files(Predicate<String> name) throws IOException {
        return files("t4rec", name);
    }

    private static List<Path> files(String kind, Predicate<String> name) throws IOException {
        Path folder =
                Path.of(System.getProperty("t4rec.golden", "../shared/golden")).resolve(kind);
        Assumptions.assumeTrue(Files.isDirectory(folder), "no golden vectors at " + folder);
        List<Path> found = new ArrayList<>();
        try (var files = Files.list(folder)) {
            files.sorted()
                    .filter(file -> file.toString().endsWith(EXTENSION))
                    .filter(file -> name.test(file.getFileName().toString()))
                    .forEach(found::add);
        }
        Assumptions.assumeFalse(found.isEmpty(), "no such golden vectors in " + folder);
        return found;
    }

    public static GoldenCase open(Path file) throws IOException {
        Safetensors read = Safetensors.read(file);
        JsonNode description = new ObjectMapper().readTree(read.metadata().getOrDefault("description", "{}"));
        return new GoldenCase(file.getFileName().toString().replace(EXTENSION, ""), description, read.tensors());
    }

    public Tensor get(String tensor) {
        assertThat(tensors).as(name).containsKey(tensor);
        return tensors.get(tensor);
    }

    /** The tensors whose names begin with a prefix, without it. */
    public Map<String, Tensor> startingWith(String prefix) {
        Map<String, Tensor> found = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), tensor);
            }
        });
        return found;
    }

    public long[][] matrix(String tensor) {
        Tensor matrix = get(tensor);
        long[] flat = matrix.toLongs();
        long[][] rows = new long[(int) matrix.size(0)][(int) matrix.size(1)];
        for (int i = 0; i < flat.length; i++) {
            rows[i / rows[0].length][i % rows[0].length] = flat[i];
        }
        return rows;
    }

    /** The right-padded rows of an id column without their padding. */
    public long[][] sequences(String tensor) {
        long[][] rows = matrix(tensor);
        for (int row = 0; row < rows.length; row++) {
            int length = 0;
            while (length < rows[row].length && rows[row][length] != 0) {
                length++;
            }
            rows[row] = Arrays.copyOf(rows[row], length);
        }
        return rows;
    }

    /** All padded columns {@code in.*} of the item's shape as jagged sequences; the item id tells what is padding. */
    public SequenceBatch batch() {
        long[][] items = sequences("in.item_id");
        SequenceBatch ids = SequenceBatch.of("item_id", items);
        int length = (int) get("in.item_id").size(1);
        Map<String, long[]> longs = new LinkedHashMap<>();
        Map<String, float[]> floats = new LinkedHashMap<>();
        startingWith("in.").forEach((column, tensor) -> {
            if (column.contains(".") || tensor.rank() != 2 || tensor.size(1) != length) {
                return;
            }
            int at = 0;
            if (tensor.dataType() == DataType.INT64) {
                long[] padded = tensor.toLongs();
                long[] values = new long[ids.offsets()[items.length]];
                for (int row = 0; row < items.length; row++) {
                    System.arraycopy(padded, row * length, values, at, items[row].length);
                    at += items[row].length;
                }
                longs.put(column, values);
            } else {
                float[] padded = tensor.toFloats();
                float[] values = new float[ids.offsets()[items.length]];
                for (int row = 0; row < items.length; row++) {
                    System.arraycopy(padded, row * length, values, at, items[row].length);
                    at += items[row].length;
                }
                floats.put(column, values);
            }
        });
        return new SequenceBatch(ids.offsets(), longs, floats);
    }

    /** The schema of {@link #batch()}, cardinalities taken from the embedding tables. */
    public Schema schema() {
        SequenceBatch batch = batch();
        List<ColumnSchema> columns = new ArrayList<>();
        tableShapes().forEach((column, shape) -> {
            ColumnSchema schema =
                    ColumnSchema.categorical(column, shape[0] - 1).withShape(new ColumnShape.Ragged(0, 0));
            columns.add(
                    column.equals("item_id") ? schema.withTags(Tag.ITEM, Tag.ID, Tag.CATEGORICAL, Tag.LIST) : schema);
        });
        startingWith("in.").forEach((column, tensor) -> {
            if (tensor.dataType() == DataType.FLOAT32 && tensor.rank() == 2 && !column.contains(".")) {
                assertThat(batch.floats(column)).isNotNull();
                columns.add(ColumnSchema.ragged(column, DType.FLOAT32).withTags(Tag.CONTINUOUS, Tag.LIST));
            }
        });
        return Schema.of(columns.toArray(ColumnSchema[]::new));
    }

    /** Shape of each embedding table by column. */
    public Map<String, long[]> tableShapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> {
            String marker = ".embedding_tables.";
            int at = key.indexOf(marker);
            if (key.startsWith("w.") && at > 0 && key.endsWith(".weight")) {
                String column = key.substring(at + marker.length(), key.length() - ".weight".length());
                if (!column.contains(".")) { // those of soft embeddings have parts
                    shapes.put(column, tensor.shape());
                }
            }
        });
        return shapes;
    }

    /** Whether two tensors agree: the largest difference relative to the largest element, at least 1. */
    public static void assertNear(String what, Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        if (expected.elements() == 0) {
            return;
        }
        double difference = max(actual.detach().sub(expected).abs());
        assertThat(difference / Math.max(1, max(expected.abs())))
                .as(what + ": largest relative difference")
                .isLessThan(tolerance);
    }

    private static double max(Tensor tensor) {
        return tensor.reshape(-1).max(0, false).item();
    }
}

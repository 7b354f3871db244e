package io.t4rec.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named tensors in one file, in the safetensors format: an 8-byte length, a JSON header, raw little-endian elements. Reading
 * never executes anything; sizes, bounds and overlaps are checked before memory is allocated.
 *
 * @param tensors by name, in file order
 * @param metadata free text by key
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
    private static final long MAX_HEADER_BYTES = 100L << 20;
    private static final int ALIGNMENT = 8;
    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    /**
     * What a file says of a tensor.
     *
     * @param type of its elements
     * @param shape sizes, at least 0
     */
    public record Header(DataType type, List<Long> shape) {
        public Header {
            shape = List.copyOf(shape);
        }

        /** How many. */
        public long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    private record Entry(String name, DataType type, long[] shape, long begin, long end) {}

    /** Keeps the given order. */
    public Safetensors {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * Reads a whole file into CPU tensors that belong to the innermost scope.
     *
     * @throws SafetensorsException when the file is damaged
     * @throws IOException when it cannot be read
     */
    public static Safetensors read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long headerBytes = headerBytes(channel, file);
            JsonNode header = parse(readFully(channel, 8, (int) headerBytes, file), file);
            long dataStart = 8 + headerBytes;
            List<Entry> entries = entries(header, channel.size() - dataStart, file);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Entry entry : entries) {
                tensors.put(entry.name, load(channel, dataStart, entry, file));
            }
            return new Safetensors(tensors, metadata(header));
        }
    }

    /**
     * Reads types and shapes alone, in file order.
     *
     * @throws SafetensorsException when the file is damaged
     * @throws IOException when it cannot be read
     */
    public static Map<String, Header> headers(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long headerBytes = headerBytes(channel, file);
            JsonNode header = parse(readFully(channel, 8, (int) headerBytes, file), file);
            Map<String, Header> headers = new LinkedHashMap<>();
            for (Entry entry : entries(header, channel.size() - 8 - headerBytes, file)) {
                headers.put(
                        entry.name,
                        new Header(
                                entry.type, Arrays.stream(entry.shape).boxed().toList()));
            }
            return headers;
        }
    }

    private static long headerBytes(FileChannel channel, Path file) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw new SafetensorsException(file + ": " + size + " bytes (expected: at least 8)");
        }
        long headerBytes = readFully(channel, 0, 8, file).getLong();
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > size - 8) {
            throw new SafetensorsException(
                    file + ": header of " + headerBytes + " bytes (expected: 2 to " + (size - 8) + ")");
        }
        return headerBytes;
    }

    private static Tensor load(FileChannel channel, long dataStart, Entry entry, Path file) throws IOException {
        Tensor tensor = Tensors.empty(entry.type, entry.shape);
        if (entry.end > entry.begin) {
            ByteBuffer target = tensor.byteBuffer();
            long position = dataStart + entry.begin;
            while (target.hasRemaining()) {
                int read = channel.read(target, position);
                if (read < 0) {
                    throw new SafetensorsException(file + ": ends inside tensor " + entry.name);
                }
                position += read;
            }
        }
        return tensor;
    }

    private static ByteBuffer readFully(FileChannel channel, long position, int bytes, Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position + buffer.position());
            if (read < 0) {
                throw new SafetensorsException(file + ": ends inside the header");
            }
        }
        return buffer.flip();
    }

    private static JsonNode parse(ByteBuffer header, Path file) {
        try {
            JsonNode node = JSON.readTree(StandardCharsets.UTF_8.decode(header).toString());
            if (!node.isObject()) {
                throw new SafetensorsException(file + ": header is not a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new SafetensorsException(file + ": header is not JSON (" + e.getOriginalMessage() + ")", e);
        }
    }

    private static Map<String, String> metadata(JsonNode header) {
        Map<String, String> metadata = new LinkedHashMap<>();
        header.path(METADATA)
                .properties()
                .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
        return metadata;
    }

    private static List<Entry> entries(JsonNode header, long dataBytes, Path file) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (!field.getKey().equals(METADATA)) {
                entries.add(entry(field.getKey(), field.getValue(), dataBytes, file));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : entries) {
            if (entry.begin < end) {
                throw new SafetensorsException(file + ": tensor " + entry.name + " overlaps the one before it");
            }
            if (entry.begin > end) {
                throw new SafetensorsException(file + ": tensor " + entry.name + " begins at byte " + entry.begin
                        + " (expected: " + end + ")");
            }
            end = entry.end;
        }
        if (end != dataBytes) {
            throw new SafetensorsException(
                    file + ": tensors end at byte " + end + " of the data (expected: " + dataBytes + ", its end)");
        }
        return entries;
    }

    private static Entry entry(String name, JsonNode node, long dataBytes, Path file) {
        String where = file + ": tensor " + name + ": ";
        DataType type = null;
        for (DataType candidate : DataType.values()) {
            if (candidate.safetensorsName().equals(node.path("dtype").asText())) {
                type = candidate;
            }
        }
        JsonNode offsets = node.path("data_offsets");
        if (type == null || !node.path("shape").isArray() || offsets.size() != 2) {
            throw new SafetensorsException(where + node + " (expected: dtype, shape and data_offsets)");
        }
        long[] shape = new long[node.path("shape").size()];
        long bytes = type.bytes();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = node.path("shape").get(i).asLong(-1);
            if (shape[i] < 0 || (shape[i] > 0 && bytes > dataBytes / shape[i])) {
                throw new SafetensorsException(
                        where + "shape " + node.path("shape") + " (expected: sizes within the file)");
            }
            bytes *= shape[i];
        }
        long begin = offsets.get(0).asLong(-1);
        long end = offsets.get(1).asLong(-1);
        if (begin < 0 || end < begin || end > dataBytes || end - begin != bytes) {
            throw new SafetensorsException(
                    where + "data_offsets " + offsets + " (expected: " + bytes + " bytes within " + dataBytes + ")");
        }
        return new Entry(name, type, shape, begin, end);
    }

    /**
     * Writes all tensors. The bytes depend on names, order, shapes and elements alone.
     *
     * @throws IOException when the stream refuses
     */
    public void write(OutputStream out) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = header.putObject(METADATA);
            metadata.forEach(node::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", tensor.dataType().safetensorsName());
            for (long size : tensor.shape()) {
                node.withArray("shape").add(size);
            }
            if (tensor.rank() == 0) {
                node.putArray("shape");
            }
            long end = offset + tensor.elements() * tensor.dataType().bytes();
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = JSON.writeValueAsBytes(header);
        int padding = (ALIGNMENT - json.length % ALIGNMENT) % ALIGNMENT;
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        out.write(length.putLong(json.length + padding).array());
        out.write(json);
        out.write(" ".repeat(padding).getBytes(StandardCharsets.UTF_8));
        for (Tensor tensor : tensors.values()) {
            out.write(tensor.toBytes());
        }
    }
}

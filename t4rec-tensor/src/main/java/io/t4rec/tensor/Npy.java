package io.t4rec.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A numeric array in NumPy's .npy format: a magic number, a header with type and shape, raw elements. Reading never executes anything: the
 * header is matched against the one form that numpy writes, and arrays of Python objects are refused.
 *
 * @param file the file
 * @param type of the elements
 * @param shape sizes of the dimensions
 * @param dataStart byte at which the elements begin
 */
public record Npy(Path file, DataType type, long[] shape, long dataStart) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 16;
    private static final int ALIGNMENT = 64;
    private static final long CHUNK_BYTES = 8L << 20;
    private static final Pattern HEADER = Pattern.compile(
            "\\s*\\{\\s*'descr'\\s*:\\s*'(?<type>[^']*)'\\s*,\\s*'fortran_order'\\s*:\\s*(?<fortran>True|False)\\s*,"
                    + "\\s*'shape'\\s*:\\s*\\((?<shape>[0-9, ]*)\\)\\s*,?\\s*\\}\\s*");
    private static final Map<String, DataType> TYPES = new LinkedHashMap<>();

    static {
        TYPES.put("<f4", DataType.FLOAT32);
        TYPES.put("<f8", DataType.FLOAT64);
        TYPES.put("<f2", DataType.FLOAT16);
        TYPES.put("<i8", DataType.INT64);
        TYPES.put("<i4", DataType.INT32);
        TYPES.put("<i2", DataType.INT16);
        TYPES.put("|i1", DataType.INT8);
        TYPES.put("|u1", DataType.UINT8);
    }

    /**
     * Reads the header and checks that the file holds as many elements as it says.
     *
     * @throws NpyException when it is no .npy file, is damaged, or holds something else than little-endian numbers in rows
     * @throws IOException when it can't be read
     */
    public static Npy open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] start = bytes(channel, 0, 12, file);
            if (!Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC)) {
                throw new NpyException(file + ": no .npy file (expected: one that numpy.save wrote)");
            }
            int version = start[6];
            if (version < 1 || version > 3) {
                throw new NpyException(file + ": format version " + version + " (expected: 1 to 3)");
            }
            int prefix = version == 1 ? 10 : 12;
            ByteBuffer length = ByteBuffer.wrap(start, 8, 4).order(ByteOrder.LITTLE_ENDIAN);
            long headerBytes = version == 1 ? Short.toUnsignedInt(length.getShort()) : length.getInt();
            if (headerBytes < 1 || headerBytes > MAX_HEADER) {
                throw new NpyException(
                        file + ": header of " + headerBytes + " bytes (expected: 1 to " + MAX_HEADER + ")");
            }
            byte[] header = bytes(channel, prefix, (int) headerBytes, file);
            Npy npy = parse(file, new String(header, StandardCharsets.ISO_8859_1), prefix + headerBytes);
            npy.checkSize(channel.size());
            return npy;
        }
    }

    private static byte[] bytes(FileChannel channel, long position, int count, Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new NpyException(file + ": ends inside its header (expected: a whole .npy file)");
            }
        }
        return buffer.array();
    }

    private static Npy parse(Path file, String header, long dataStart) {
        if (header.contains("'|O'") || header.contains("'O'")) {
            throw new NpyException(file + ": holds Python objects, which can't be read without running what they say"
                    + " (expected: numbers; save matrix.astype('float32'))");
        }
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.matches()) {
            throw new NpyException(
                    file + ": header " + header.strip() + " (expected: descr of one type, fortran_order and shape)");
        }
        DataType type = TYPES.get(matcher.group("type"));
        if (type == null) {
            throw new NpyException(file + ": type " + matcher.group("type") + " (expected: one of " + TYPES.keySet()
                    + "; save matrix.astype('float32'))");
        }
        if (matcher.group("fortran").equals("True")) {
            throw new NpyException(
                    file + ": columns after one another (expected: rows; save numpy.ascontiguousarray(matrix))");
        }
        try {
            long[] shape = Arrays.stream(matcher.group("shape").split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new Npy(file, type, shape, dataStart);
        } catch (NumberFormatException e) {
            throw new NpyException(file + ": shape (" + matcher.group("shape") + ") (expected: sizes of 64 bits)");
        }
    }

    private void checkSize(long fileBytes) {
        long bytes = type.bytes();
        for (long size : shape) {
            if (size > 0 && bytes > fileBytes / size) {
                throw new NpyException(
                        file + ": " + fileBytes + " bytes (expected: more, for shape " + Arrays.toString(shape) + ")");
            }
            bytes *= size;
        }
        if (dataStart + bytes != fileBytes) {
            throw new NpyException(file + ": " + fileBytes + " bytes (expected: " + (dataStart + bytes) + " for shape "
                    + Arrays.toString(shape) + " of " + type + ")");
        }
    }

    /**
     * The array as a tensor whose memory is the file: pages are read when they are used and shared by all processes. It may be larger
     * than the Java heap. The file must not be changed or shortened while the tensor is in use; another may be put in its place by
     * renaming.
     *
     * @return in the innermost scope, not to be written to
     */
    public Tensor map() {
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (elements == 0 || dataStart % type.bytes() != 0) {
            throw new NpyException(file + ": shape " + Arrays.toString(shape) + ", data at byte " + dataStart
                    + " (expected: at least one element, data at a multiple of " + type.bytes() + ")");
        }
        long before = dataStart / type.bytes();
        return Tensors.mapped(file, before + elements, type)
                .narrow(0, before, elements)
                .reshape(shape);
    }

    /**
     * Writes a tensor as a .npy file, a few megabytes at a time.
     *
     * @param tensor of a type that numpy knows, at least one dimension
     * @throws IOException when the stream refuses
     */
    public static void write(Tensor tensor, OutputStream out) throws IOException {
        String type = TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == tensor.dataType())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "type: " + tensor.dataType() + " (expected: one of " + TYPES.values() + ")"));
        StringBuilder shape = new StringBuilder();
        for (long size : tensor.shape()) {
            shape.append(size).append(", ");
        }
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': ("
                + shape.toString().strip() + "), }";
        int used = MAGIC.length + 4 + header.length() + 1;
        String padded = header + " ".repeat((ALIGNMENT - used % ALIGNMENT) % ALIGNMENT) + "\n";
        ByteBuffer start = ByteBuffer.allocate(MAGIC.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        start.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) padded.length());
        out.write(start.array());
        out.write(padded.getBytes(StandardCharsets.ISO_8859_1));
        long rows = tensor.size(0);
        long rowBytes = Math.max(
                1, tensor.elements() / Math.max(1, rows) * tensor.dataType().bytes());
        long step = Math.max(1, CHUNK_BYTES / rowBytes);
        for (long row = 0; row < rows; row += step) {
            try (Scope scope = Scope.open()) {
                out.write(tensor.narrow(0, row, Math.min(step, rows - row)).toBytes());
            }
        }
    }
}

package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NpyTest {
    private static final String NUMBERS = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

    @TempDir
    Path folder;

    private static byte[] bytes(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[10 + text.length + dataBytes];
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 0, all, 0, 8);
        all[8] = (byte) text.length;
        all[9] = (byte) (text.length >> 8);
        System.arraycopy(text, 0, all, 10, text.length);
        return all;
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("matrix.npy"), content);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT32", "FLOAT64", "FLOAT16", "INT64", "INT32", "INT16", "INT8", "UINT8"})
    void mapsWhatItWrote(DataType type) throws IOException {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Tensors.range(0, 5 * 7).reshape(5, 7).to(type);
            Path file = folder.resolve("matrix.npy");
            try (OutputStream out = Files.newOutputStream(file)) {
                Npy.write(matrix, out);
            }
            Npy npy = Npy.open(file);
            assertThat(npy.dataStart() % 64).isZero();
            assertThat(npy.shape()).containsExactly(5, 7);
            assertThat(npy.map().contentEquals(matrix)).isTrue();
        }
    }

    @Test
    void writesALargeMatrixInPieces() throws IOException {
        try (Scope scope = Scope.open()) {
            Tensor matrix = Tensors.empty(DataType.FLOAT32, 3_000, 1_000).normalInPlace(0, 1, new Generator(1));
            Path file = folder.resolve("matrix.npy");
            try (OutputStream out = Files.newOutputStream(file)) {
                Npy.write(matrix, out);
            }
            assertThat(Npy.open(file).map().contentEquals(matrix)).isTrue();
        }
    }

    /** The file has holes, so it takes no room on disk. */
    @Test
    void mapsAMatrixLargerThanTheHeap() throws IOException {
        long width = 1 << 10;
        long rows = Runtime.getRuntime().maxMemory() / (4 * width) + 1_000;
        byte[] start = bytes(NUMBERS.replace("(2, 3)", "(" + rows + ", " + width + ")") + " ".repeat(50), 0);
        start = Arrays.copyOf(start, start.length - start.length % 4);
        start[8] = (byte) (start.length - 10);
        Path file = folder.resolve("large.npy");
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            random.write(start);
            random.setLength(start.length + rows * width * 4);
            random.seek(start.length + rows * width * 4 - 1);
            random.write(0x40); // the last element becomes 2
        }
        try (Scope scope = Scope.open()) {
            Tensor matrix = Npy.open(file).map();
            assertThat(matrix.shape()).containsExactly(rows, width);
            assertThat(matrix.elements() * 4).isGreaterThan(Runtime.getRuntime().maxMemory());
            Tensor last = matrix.embedding(Tensors.of(new long[] {rows - 1, 5}), -1);
            assertThat(last.sum().item()).isEqualTo(2);
        }
    }

    @Test
    void readsHeadersOfEachVersionThatNumpyWrites() throws IOException {
        byte[] one = bytes(NUMBERS + "\n", 24);
        byte[] two = new byte[one.length + 2];
        System.arraycopy(one, 0, two, 0, 10);
        two[6] = 2;
        System.arraycopy(one, 10, two, 12, one.length - 10);
        assertThat(Npy.open(file(one)).shape()).containsExactly(2, 3);
        assertThat(Npy.open(file(two)).dataStart()).isEqualTo(12 + NUMBERS.length() + 1);
    }

    @Test
    void refusesWhatIsNoMatrixOfNumbersAndNeverRunsIt() throws IOException {
        assertRefused("no .npy file".getBytes(StandardCharsets.UTF_8), "no .npy file (expected: one that numpy.save");
        assertRefused(new byte[] {(byte) 0x80, 4, (byte) 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "no .npy file");
        assertRefused(new byte[] {(byte) 0x93, 'N'}, "ends inside its header");
        assertRefused(bytes(NUMBERS.replace("<f4", "|O"), 24), "holds Python objects");
        assertRefused(bytes(NUMBERS.replace("<f4", ">f4"), 24), "type >f4 (expected: one of [<f4");
        assertRefused(bytes(NUMBERS.replace("False", "True"), 24), "columns after one another");
        assertRefused(
                bytes(NUMBERS.replace("'<f4'", "[('a', '<f4'), ('b', '<f4')]"), 24), "expected: descr of one type");
        assertRefused(bytes(NUMBERS.replace("(2, 3)", "__import__('os')"), 24), "expected: descr of one type");
        assertRefused(bytes(NUMBERS, 23), "bytes (expected:");
        assertRefused(bytes(NUMBERS, 25), "bytes (expected:");
        assertRefused(bytes(NUMBERS.replace("(2, 3)", "(2, 99999999999999999999)"), 24), "sizes of 64 bits");
        assertRefused(bytes(NUMBERS.replace("(2, 3)", "(9223372036854775807, 8)"), 24), "bytes (expected: more");
        byte[] version = bytes(NUMBERS, 24);
        version[6] = 9;
        assertRefused(version, "format version 9");
    }

    private void assertRefused(byte[] content, String message) throws IOException {
        Path file = file(content);
        assertThatThrownBy(() -> Npy.open(file))
                .isInstanceOf(NpyException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesToMapNothing() throws IOException {
        Path file = file(bytes(NUMBERS.replace("(2, 3)", "(0, 3)") + " ".repeat(3), 0));
        try (Scope scope = Scope.open()) {
            Npy npy = Npy.open(file);
            assertThatThrownBy(npy::map).isInstanceOf(NpyException.class).hasMessageContaining("at least one element");
        }
    }

    @Test
    void writesTheSameBytesEachTime() throws IOException {
        try (Scope scope = Scope.open()) {
            ByteArrayOutputStream one = new ByteArrayOutputStream();
            ByteArrayOutputStream two = new ByteArrayOutputStream();
            Npy.write(Tensors.ones(3, 2), one);
            Npy.write(Tensors.ones(3, 2), two);
            assertThat(one.toByteArray()).isEqualTo(two.toByteArray());
        }
    }
}

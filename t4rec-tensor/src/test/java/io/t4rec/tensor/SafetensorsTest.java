package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void returnsWhatWasWritten() throws IOException {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("weight", Tensors.of(new float[] {1, -2.5f, 3, 4}, 2, 2));
            tensors.put("ids", Tensors.of(new long[] {5, Long.MIN_VALUE}));
            tensors.put("empty", Tensors.zeros(0, 3));
            tensors.put("scalar", Tensors.scalar(7));
            tensors.put("half", Tensors.ones(3).to(DataType.BFLOAT16));
            Path file = write(new Safetensors(tensors, Map.of("format", "pt")));

            assertThat(Safetensors.headers(file))
                    .containsEntry("weight", new Safetensors.Header(DataType.FLOAT32, List.of(2L, 2L)))
                    .containsEntry("scalar", new Safetensors.Header(DataType.FLOAT32, List.of()))
                    .containsEntry("half", new Safetensors.Header(DataType.BFLOAT16, List.of(3L)))
                    .hasSize(tensors.size());
            Safetensors read = Safetensors.read(file);
            assertThat(read.metadata()).containsEntry("format", "pt");
            assertThat(read.tensors().keySet()).containsExactlyInAnyOrderElementsOf(tensors.keySet());
            tensors.forEach(
                    (name, tensor) -> assertThat(read.tensors().get(name).contentEquals(tensor))
                            .as(name)
                            .isTrue());
        }
    }

    @Test
    void refusesATruncatedFile() throws IOException {
        try (Scope scope = Scope.open()) {
            Path file = write(new Safetensors(Map.of("weight", Tensors.ones(100)), Map.of()));
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 10));
            assertThatThrownBy(() -> Safetensors.read(file))
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("weight");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[9999999999999,9999999999999],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"X9\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}",
                "{\"hole before\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"rest after\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"twice\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"twice\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                "not json",
                "[1]"
            })
    void refusesHeadersThatLie(String header) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        Path file = Files.write(folder.resolve("lie.safetensors"), bytes.array());
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining(file.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 1L << 60})
    void refusesAnImpossibleHeaderLength(long length) throws IOException {
        byte[] bytes = ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
        Path file = Files.write(folder.resolve("length.safetensors"), bytes);
        assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(SafetensorsException.class);
    }

    private Path write(Safetensors safetensors) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        safetensors.write(out);
        return Files.write(folder.resolve("file.safetensors"), out.toByteArray());
    }
}

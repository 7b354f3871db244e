package io.t4rec.etl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalTableTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"a.csv", "a.txt", "a.tsv", "a.CSV.gz", "a.jsonl", "a.ndjson", "a.json.gz", "a.jsonl.gz"})
    void readsTextsByTheirNamesAsEventsAre(String name) throws IOException {
        String text = name.contains("json")
                ? "{\"id\": 7, \"kind\": \"shoe\"}\n{\"id\": 8, \"kind\": \"hat\"}\n"
                : name.endsWith(".tsv") ? "id\tkind\n7\tshoe\n8\that\n" : "id,kind\n7,shoe\n8,hat\n";
        Path file = folder.resolve(name);
        try (OutputStream plain = Files.newOutputStream(file);
                OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain) {
            out.write(text.getBytes(UTF_8));
        }
        KeyedTable table = new ExternalTable(file.toString()).read(List.of("id"), List.of(), false);
        assertThat(table.keys()).containsExactly(7L, 8L);
        assertThat(TestTables.values(table.table(), "kind")).containsExactly("shoe", "hat");
    }
}

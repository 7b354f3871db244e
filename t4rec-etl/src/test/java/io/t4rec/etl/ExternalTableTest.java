package io.t4rec.etl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
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

    private KeyedTable read(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return new ExternalTable(file.toString()).read(List.of("id"), List.of(), false);
    }

    @Test
    void keepsTextsOfDelimitedFilesAsTheyAreWritten() throws IOException {
        KeyedTable table = read("a.csv", """
                id,day,code,time,zip,price,sold
                7,01/02/2024,12345678901234567890,2024-01-02T03:04:05+02:00,00501,1.10,true
                8,13/02/2024,5,2024-01-02,10115,2e3,false
                """);
        assertThat(TestTables.values(table.table(), "day")).containsExactly("01/02/2024", "13/02/2024");
        assertThat(TestTables.values(table.table(), "code")).containsExactly("12345678901234567890", "5");
        assertThat(TestTables.values(table.table(), "time")).containsExactly("2024-01-02T03:04:05+02:00", "2024-01-02");
        assertThat(TestTables.values(table.table(), "zip")).containsExactly("00501", "10115");
        assertThat(TestTables.values(table.table(), "price")).containsExactly(1.1, 2000.0);
        assertThat(TestTables.values(table.table(), "sold")).containsExactly(1L, 0L);
    }

    @Test
    void keepsTextsOfJsonLinesAsTheyAreWritten() throws IOException {
        KeyedTable table = read("a.jsonl", """
                {"id": "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "at": "2024-01-02T03:04:05Z", "n": 1, "mixed": "a", "days": ["2024-1-2"]}
                {"id": "4F2504E0-4F89-11D3-9A0C-0305E82C3301", "at": "2024-01-02T03:04:06Z", "n": 2, "mixed": 5, "days": []}
                """);
        assertThat(table.keys().get(0)).isEqualTo("3F2504E0-4F89-11D3-9A0C-0305E82C3301");
        assertThat(TestTables.values(table.table(), "at"))
                .containsExactly("2024-01-02T03:04:05Z", "2024-01-02T03:04:06Z");
        assertThat(TestTables.values(table.table(), "n")).containsExactly(1L, 2L);
        assertThat(TestTables.values(table.table(), "mixed")).containsExactly("a", "5");
        assertThat(TestTables.values(table.table(), "days")).containsExactly(List.of("2024-1-2"), List.of());
    }
}

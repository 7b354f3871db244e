package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the files of a {@link DataSource} are written. */
public enum DataFormat {
    /** Parquet. */
    PARQUET,
    /** Delimited text; {@code .gz} too. */
    CSV,
    /** The same with tabs. */
    TSV,
    /** One JSON object a line; {@code .gz} too. */
    JSONL;

    private static final Map<String, DataFormat> SUFFIXES = Map.of(
            "parquet", PARQUET, "csv", CSV, "txt", CSV, "tsv", TSV, "jsonl", JSONL, "ndjson", JSONL, "json", JSONL);

    /** The name in settings and on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws ConfigException for an unknown name, suggesting the nearest */
    public static DataFormat of(String label) {
        for (DataFormat format : values()) {
            if (format.label().equals(label)) {
                return format;
            }
        }
        List<String> known = Arrays.stream(values()).map(DataFormat::label).toList();
        throw new ConfigException("format: " + label + " (expected: " + Names.expectation(label, known) + ")");
    }

    /** What the end of a file's name tells, {@code .gz} aside; null when it tells nothing. */
    public static @Nullable DataFormat ofFile(String name) {
        String lower = name.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        return SUFFIXES.get(lower.substring(lower.lastIndexOf('.') + 1));
    }

    /** Whether values are text that has to be parsed. */
    public boolean isText() {
        return this != PARQUET;
    }

    /** Whether lines are values beside delimiters. */
    public boolean isDelimited() {
        return this == CSV || this == TSV;
    }
}

package io.t4rec.cli;

import io.t4rec.data.DataFiles;
import io.t4rec.data.DataFormat;
import io.t4rec.data.DataSource;
import io.t4rec.data.TextOptions;
import io.t4rec.schema.ConfigException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** How event files are written. */
final class FormatOptions {
    @CommandLine.Option(
            names = "--format",
            paramLabel = "NAME",
            description = "parquet, csv, tsv or jsonl. Default: by the ends of the files' names.")
    private @Nullable String format;

    @CommandLine.Option(
            names = "--delimiter",
            paramLabel = "C",
            description = "Of csv and tsv: what stands between values, tab for a tab. Default: what the header shows.")
    private @Nullable String delimiter;

    @CommandLine.Option(
            names = "--quote",
            paramLabel = "C",
            description = "Of csv and tsv: what values are quoted with, '' for nothing. Default: \".")
    private @Nullable String quote;

    @CommandLine.Option(
            names = "--no-header",
            description = "Of csv and tsv: files have no header; columns are those of the schema, in its order.")
    private boolean headless;

    @CommandLine.Option(
            names = "--null",
            paramLabel = "TEXT",
            description = "Of csv and tsv: what stands for null, beside nothing at all.")
    private @Nullable String nullText;

    @CommandLine.Option(
            names = "--encoding",
            paramLabel = "NAME",
            description = "Of csv and tsv: utf-8 or iso-8859-1. Default: utf-8.")
    private @Nullable String encoding;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    FormatOptions() {}

    /** @param location file, folder or pattern */
    DataSource source(String location) {
        TextOptions defaults = TextOptions.defaults();
        DataFormat told = format == null ? null : DataFormat.of(format);
        TextOptions text = new TextOptions(
                delimiter == null ? null : character("--delimiter", delimiter.equals("tab") ? "\t" : delimiter),
                !headless,
                quote == null ? defaults.quote() : quote.isEmpty() ? null : character("--quote", quote),
                nullText == null ? defaults.nullText() : nullText,
                encoding == null ? defaults.encoding() : charset(encoding));
        DataSource source = new DataSource(List.of(location), told, text);
        if (!text.equals(defaults)) {
            DataFormat found = DataSource.isRemote(location)
                    ? told == null ? DataFormat.ofFile(location) : told
                    : DataFiles.find(source).format();
            if (found == null || !found.isDelimited()) {
                throw new ConfigException("--delimiter, --quote, --no-header, --null, --encoding: for "
                        + (found == null ? location : found.label()) + " (expected: for csv or tsv; say --format)");
            }
        }
        return source;
    }

    private static Character character(String option, String text) {
        if (text.length() != 1) {
            throw new ConfigException(option + ": " + text + " (expected: one character)");
        }
        return text.charAt(0);
    }

    private static Charset charset(String name) {
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new ConfigException("--encoding: " + name + " (expected: utf-8 or iso-8859-1)", e);
        }
    }
}

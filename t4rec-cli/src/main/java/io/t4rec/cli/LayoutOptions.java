package io.t4rec.cli;

import io.t4rec.data.OutputLayout;
import io.t4rec.schema.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** How sequences are laid out in files. */
final class LayoutOptions {
    private static final long SEED = 42;

    @CommandLine.Option(
            names = "--files",
            paramLabel = "N",
            description = "Files that sequences are spread over evenly. Default: 1.")
    private @Nullable Integer files;

    @CommandLine.Option(
            names = "--file-size",
            paramLabel = "SIZE",
            description = "About the size of a file, for instance 64MB, in place of --files.")
    private @Nullable String fileSize;

    @CommandLine.Option(
            names = "--partition-by",
            split = ",",
            paramLabel = "COLUMN",
            description =
                    "Columns of the sequences, of integers or text, whose values name folders COLUMN=VALUE; --files is for each of these.")
    private List<String> partitionBy = new ArrayList<>();

    @CommandLine.Option(
            names = "--shuffle",
            description =
                    "Bring sequences into a random order, over all files. Baselines that look at the newest sessions then see any.")
    private boolean shuffle;

    @CommandLine.Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of --shuffle: the same number gives the same order, on every engine. Default: 42.")
    private @Nullable Long seed;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    LayoutOptions() {}

    /** @throws ConfigException for options that contradict each other */
    OutputLayout read() {
        if (seed != null && !shuffle) {
            throw new ConfigException("--seed: " + seed + " (expected: beside --shuffle)");
        }
        if (files != null && fileSize != null) {
            throw new ConfigException("--files: " + files + ", --file-size: " + fileSize + " (expected: one of them)");
        }
        OutputLayout layout = OutputLayout.single().partitionedBy(partitionBy);
        if (files != null) {
            layout = layout.inFiles(files);
        } else if (fileSize != null) {
            layout = layout.inFilesOf(OutputLayout.bytes(fileSize));
        }
        return shuffle ? layout.shuffled(seed == null ? SEED : seed) : layout;
    }
}

package io.t4rec.cli;

import io.t4rec.data.EventFiles;
import io.t4rec.data.EventImporter;
import io.t4rec.data.Split;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes sequences of a recipe's files, once for all its runs: imports the events, divides them, fits workflows. What an earlier run
 * with the same files and settings made is taken as it is.
 */
final class RecipeData {
    private static final int FORMAT_VERSION = 1;
    private static final String MANIFEST = "source.json";
    private static final String CHOICE = "choice";
    private static final String REPORTED = "reported";
    private static final int SAMPLE_SEED = 1;

    private final Recipe recipe;
    private final SourceFiles files;
    private final Path directory;
    private final Progress progress;

    /** @param directory to write, or to replace when it is of a recipe */
    RecipeData(Recipe recipe, SourceFiles files, Path directory, Progress progress) {
        this.recipe = recipe;
        this.files = files;
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * What the sequences were made of; kept in {@code source.json}.
     *
     * @param sources SHA-256 of each source file that the parts need, by its name
     * @param parts which of the two directories are there
     * @param warnings of the split
     */
    record Manifest(
            int formatVersion,
            SourceSettings source,
            SplitSettings split,
            DataSettings data,
            int validationSample,
            Map<String, String> sources,
            List<String> parts,
            List<String> warnings) {
        /** Whether all that is there was made of the same files, as far as both name them, in the same way. */
        boolean agreesWith(Manifest other) {
            Map<String, String> both = new LinkedHashMap<>(sources);
            both.putAll(other.sources);
            return formatVersion == other.formatVersion
                    && source.equals(other.source)
                    && split.equals(other.split)
                    && data.equals(other.data)
                    && validationSample == other.validationSample
                    && both.entrySet().containsAll(sources.entrySet());
        }
    }

    /** Training and validation part alone, to choose settings or the number of epochs by. */
    PreparedData choice(PrintWriter warnings) throws IOException {
        return prepare(CHOICE, warnings);
    }

    /** What is trained on in the end, with the test; with validation too where the epoch is chosen in the same run. */
    PreparedData reported(PrintWriter warnings) throws IOException {
        return prepare(REPORTED, warnings);
    }

    private PreparedData prepare(String part, PrintWriter warnings) throws IOException {
        Manifest there = existing();
        boolean whole = part.equals(REPORTED);
        Manifest wanted = manifest(whole);
        if (there == null || !there.agreesWith(wanted) || !there.parts.contains(part)) {
            List<String> parts = new ArrayList<>();
            if (there != null && there.agreesWith(wanted)) {
                parts.addAll(there.parts);
            }
            parts.add(part);
            Manifest made = whole || !parts.contains(REPORTED) ? wanted : manifest(true);
            AtomicFiles.directory(directory, MANIFEST, temporary -> write(temporary, made, parts));
        }
        Objects.requireNonNull(existing(), "written").warnings.forEach(text -> warnings.println("warning: " + text));
        return PreparedData.read(directory.resolve(part));
    }

    private @Nullable Manifest existing() throws IOException {
        Path file = directory.resolve(MANIFEST);
        return Files.exists(file) ? ConfigFiles.readJson(file, Manifest.class) : null;
    }

    /** @param whole whether the files of the report are among them, or those of the choice alone */
    private Manifest manifest(boolean whole) throws IOException {
        SourceSettings source = recipe.source();
        SourceSettings anywhere = new SourceSettings(
                "", source.format(), source.session(), source.item(), source.time(), source.timeUnit());
        Map<String, String> digests = new LinkedHashMap<>();
        SplitSettings split = recipe.parts();
        for (String name : names(split, whole)) {
            Path file = files.find(name);
            digests.put(name, progress.during("Reading " + file, () -> FileDigest.sha256(file)));
        }
        return new Manifest(
                FORMAT_VERSION,
                anywhere,
                split,
                recipe.data(),
                recipe.evaluation().validationSample(),
                digests,
                List.of(),
                List.of());
    }

    private static List<String> names(SplitSettings split, boolean whole) {
        Stream<@Nullable String> choice = Stream.of(split.events(), split.train(), split.validation());
        Stream<@Nullable String> report = Stream.of(split.full(), split.test());
        return (whole ? Stream.concat(choice, report) : choice)
                .filter(Objects::nonNull)
                .toList();
    }

    private void write(Path target, Manifest wanted, List<String> parts) throws IOException {
        List<String> warnings = new ArrayList<>();
        Path events = target.resolve("events");
        boolean given = recipe.parts().by().equals(SplitSettings.FILES);
        Events divided = sampled(given ? given(events, parts.contains(REPORTED)) : divide(events, warnings), events);
        for (String part : parts) {
            DataPreparation.of(divided.parts(part, recipe.parts()), recipe.data())
                    .write(target.resolve(part), progress);
        }
        ConfigFiles.writeJson(
                target.resolve(MANIFEST),
                new Manifest(
                        FORMAT_VERSION,
                        wanted.source,
                        wanted.split,
                        wanted.data,
                        wanted.validationSample,
                        wanted.sources,
                        parts,
                        warnings));
    }

    /** Event files of all parts; {@code full} is null unless the fit needs it, {@code test} where nothing is reported. */
    private record Events(
            Path train,
            @Nullable Path validation,
            @Nullable Path test,
            @Nullable Path full) {
        DataPreparation.Parts parts(String part, SplitSettings split) {
            if (part.equals(CHOICE)) {
                return DataPreparation.Parts.of(train, validation, null);
            }
            return full == null || split.isFit(SplitSettings.BEST)
                    ? DataPreparation.Parts.of(train, validation, test)
                    : DataPreparation.Parts.of(full, null, test);
        }
    }

    private Events given(Path folder, boolean reported) throws IOException {
        SplitSettings split = recipe.parts();
        Path train = load(Objects.requireNonNull(split.train()), folder.resolve("train"));
        Path validation = split.validation() == null ? null : load(split.validation(), folder.resolve("validation"));
        if (!reported) {
            return new Events(train, validation, null, null);
        }
        Path test = load(Objects.requireNonNull(split.test()), folder.resolve("test"));
        Path full = null;
        if (split.full() != null) {
            full = load(split.full(), folder.resolve("full"));
        } else if (validation == null) {
            full = split.isFit(SplitSettings.FULL) ? train : null;
        } else if (!split.isFit(SplitSettings.BEST)) {
            full = folder.resolve("full/events.parquet");
            Files.createDirectories(full.getParent());
            join(train, validation, full);
        }
        return new Events(train, validation, test, full);
    }

    private Events divide(Path folder, List<String> warnings) throws IOException {
        SplitSettings split = recipe.parts();
        Path all = load(Objects.requireNonNull(split.events()), folder.resolve("all"));
        Path parts = folder.resolve("parts");
        Split.Report report = progress.during(
                "Splitting " + split.events(), () -> Split.of(split.by()).write(all, parts));
        warnings.addAll(report.warnings());
        Path train = parts.resolve("train.parquet");
        Path validation = parts.resolve("valid.parquet");
        Path full = null;
        if (!split.isFit(SplitSettings.BEST)) {
            full = parts.resolve("full.parquet");
            join(train, validation, full);
        }
        return new Events(train, validation, parts.resolve("test.parquet"), full);
    }

    /** The drawn part of the validation to choose by; where the recipe says so, training has the rest. */
    private Events sampled(Events whole, Path folder) throws IOException {
        int sessions = recipe.evaluation().validationSample();
        Path validation = whole.validation;
        if (validation == null || sessions == 0) {
            return whole;
        }
        Path sample = Files.createDirectories(folder.resolve("sample")).resolve("events.parquet");
        EventFiles.sample(validation, sessions, SAMPLE_SEED, sample);
        Path train = whole.train;
        if (recipe.parts().trainOnRest()) {
            Path rest = Files.createDirectories(folder.resolve("rest")).resolve("events.parquet");
            EventFiles.rest(validation, sessions, SAMPLE_SEED, rest);
            train = rest.resolveSibling("train.parquet");
            join(whole.train, rest, train);
        }
        return new Events(train, sample, whole.test, whole.full);
    }

    /** Training with validation events: of leave-one-out, those that the training part doesn't hold already. */
    private void join(Path train, Path validation, Path output) throws IOException {
        if (recipe.parts().by().equals(SplitSettings.LEAVE_ONE_OUT)) {
            EventFiles.appendNewest(train, validation, output);
        } else {
            EventFiles.append(train, validation, output);
        }
    }

    private Path load(String name, Path folder) throws IOException {
        Path file = files.find(name);
        Path events = Files.createDirectories(folder).resolve("events.parquet");
        progress.during(
                "Importing " + file,
                () -> EventImporter.run(
                        file, recipe.source().layout(), recipe.source().columns(), events));
        return events;
    }
}

package io.t4rec.cli;

import io.t4rec.schema.DataException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.schema.io.FileDigest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes sequences of a recipe's files, once for all its runs: imports the events, divides them, fits workflows. What an earlier run
 * with the same files and settings made is taken as it is.
 */
final class RecipeData {
    private static final int FORMAT_VERSION = 1;
    private static final String MANIFEST = "source.json";
    /** Name of the part that settings or the number of epochs are chosen by. */
    static final String CHOICE = "choice";

    /** Name of the part that is trained on in the end. */
    static final String REPORTED = "reported";

    private final Recipe recipe;
    private final SourceFiles files;
    private final Path directory;
    private final Progress progress;
    private final Check check;

    /** Hears of what was made before it replaces what an earlier run made, and may refuse it. */
    @FunctionalInterface
    interface Check {
        /** @param made statistics of the events, by part */
        void accept(Map<String, PreparedData.Events> made) throws IOException;
    }

    /** @param directory to write, or to replace when it is of a recipe */
    RecipeData(Recipe recipe, SourceFiles files, Path directory, Progress progress, Check check) {
        this.recipe = recipe;
        this.files = files;
        this.directory = directory;
        this.progress = progress;
        this.check = check;
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
        return prepare(List.of(CHOICE), warnings);
    }

    /**
     * What is trained on in the end, with the test; with validation too where the epoch is chosen in the same run. Where it is chosen in
     * a run before, the choice is made along with it.
     */
    PreparedData reported(PrintWriter warnings) throws IOException {
        return prepare(
                recipe.parts().isFit(SplitSettings.REFIT) ? List.of(REPORTED, CHOICE) : List.of(REPORTED), warnings);
    }

    private PreparedData prepare(List<String> asked, PrintWriter warnings) throws IOException {
        Manifest there = existing();
        Manifest wanted = manifest(asked);
        if (there == null || !there.agreesWith(wanted) || !there.parts.containsAll(asked)) {
            Set<String> parts = new LinkedHashSet<>();
            if (there != null && there.agreesWith(wanted)) {
                parts.addAll(there.parts);
            }
            parts.addAll(asked);
            Manifest made = parts.size() == asked.size() ? wanted : manifest(parts);
            AtomicFiles.directory(directory, MANIFEST, temporary -> write(temporary, made, List.copyOf(parts)));
        }
        Objects.requireNonNull(existing(), "written").warnings.forEach(text -> warnings.println("warning: " + text));
        return PreparedData.read(directory.resolve(asked.get(0)));
    }

    private @Nullable Manifest existing() throws IOException {
        Path file = directory.resolve(MANIFEST);
        return Files.exists(file) ? ConfigFiles.readJson(file, Manifest.class) : null;
    }

    /** Of the files that some parts are made of. */
    private Manifest manifest(Collection<String> parts) throws IOException {
        SourceSettings source = recipe.source();
        SourceSettings anywhere = new SourceSettings(
                "", source.format(), source.session(), source.item(), source.time(), source.timeUnit());
        Map<String, String> digests = new LinkedHashMap<>();
        SplitSettings split = recipe.parts();
        for (String name : names(split, parts)) {
            Path file = files.find(name, name.equals(split.validation()) ? withoutValidation(parts) : "");
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

    private static List<String> names(SplitSettings split, Collection<String> parts) {
        Stream<@Nullable String> choice = parts.contains(CHOICE) || !split.fitsFullFile()
                ? Stream.of(split.events(), split.train(), split.validation())
                : Stream.of();
        Stream<@Nullable String> report =
                parts.contains(REPORTED) ? Stream.of(split.full(), split.test()) : Stream.of();
        return Stream.concat(choice, report).filter(Objects::nonNull).toList();
    }

    /** How to go on without a validation file, for a message; empty where the recipe can't. */
    private String withoutValidation(Collection<String> parts) {
        SplitSettings split = recipe.parts();
        if (parts.contains(CHOICE) || split.isFit(SplitSettings.REFIT) || split.trainOnRest()) {
            return "";
        }
        return "; or go without one, and keep the last epoch, with --set split.validation=null"
                + (recipe.training().patience() > 0 ? " --set training.patience=0" : "");
    }

    private void write(Path target, Manifest wanted, List<String> parts) throws IOException {
        List<String> warnings = new ArrayList<>();
        RecipeEvents events = new RecipeEvents(recipe, files, target.resolve("events"), progress);
        try {
            RecipeEvents.Divided divided = events.divide(parts.contains(CHOICE), parts.contains(REPORTED), warnings);
            Map<String, PreparedData.Events> made = new LinkedHashMap<>();
            for (String part : parts) {
                PreparedData data =
                        DataPreparation.of(parts(part, divided), recipe.data()).write(target.resolve(part), progress);
                made.put(part, data.events());
            }
            check.accept(made);
        } catch (DataException e) {
            throw events.named(e);
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

    private DataPreparation.Parts parts(String part, RecipeEvents.Divided events) {
        if (part.equals(CHOICE)) {
            return DataPreparation.Parts.of(events.train(), events.validation(), null);
        }
        return events.full() == null || recipe.parts().isFit(SplitSettings.BEST)
                ? DataPreparation.Parts.of(events.train(), events.validation(), events.test())
                : DataPreparation.Parts.of(events.full(), null, events.test());
    }
}

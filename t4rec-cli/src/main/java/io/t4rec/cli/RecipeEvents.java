package io.t4rec.cli;

import io.t4rec.data.EventFiles;
import io.t4rec.data.EventImporter;
import io.t4rec.data.Split;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Imports a recipe's files and divides their events. Knows which of the user's files the events of each file it writes come from. */
final class RecipeEvents {
    private static final int SAMPLE_SEED = 1;

    private final Recipe recipe;
    private final SplitSettings split;
    private final SourceFiles files;
    private final Path folder;
    private final Progress progress;
    private final Map<Path, Set<String>> origins = new LinkedHashMap<>();

    /** @param folder to write into */
    RecipeEvents(Recipe recipe, SourceFiles files, Path folder, Progress progress) {
        this.recipe = recipe;
        this.split = recipe.parts();
        this.files = files;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * Event files of all parts.
     *
     * @param train {@code full} where that alone is asked for
     * @param validation null where there is none, or none is asked for
     * @param test null where nothing is reported
     * @param full null unless the fit needs it
     */
    record Divided(
            Path train,
            @Nullable Path validation,
            @Nullable Path test,
            @Nullable Path full) {}

    /**
     * Writes the files.
     *
     * @param chosen whether there are to be a training and a validation part, even where the fit needs neither
     * @param reported whether there is to be a test part
     * @param warnings gets those of the split
     */
    Divided divide(boolean chosen, boolean reported, List<String> warnings) throws IOException {
        return sampled(
                split.by().equals(SplitSettings.FILES) ? given(chosen, reported, warnings) : ofOneFile(warnings),
                warnings);
    }

    /** The failure told of the user's files, where it is told of those made of them, which are gone by then. */
    DataException named(DataException failure) {
        String text = String.valueOf(failure.getMessage());
        String told = text;
        for (Map.Entry<Path, Set<String>> made : origins.entrySet()) {
            told = told.replace(made.getKey().toString(), String.join(" and ", made.getValue()));
        }
        if (told.equals(text)) {
            return failure;
        }
        told = told.replaceFirst("nothing for (\\w+)\\.parquet", "nothing for the part $1");
        String advice = "name other files with --data, or change the recipe's split or data with --set)";
        return new DataException(
                told.endsWith(")") ? told.substring(0, told.length() - 1) + "; " + advice : told + " (" + advice,
                failure);
    }

    private Divided given(boolean chosen, boolean reported, List<String> warnings) throws IOException {
        boolean fullAlone = !chosen && split.fitsFullFile();
        Path full = reported && split.full() != null ? load(split.full(), "full") : null;
        Path train = fullAlone && full != null ? full : load(Objects.requireNonNull(split.train()), "train");
        Path validation = fullAlone || split.validation() == null ? null : load(split.validation(), "validation");
        Path test = reported ? load(Objects.requireNonNull(split.test()), "test") : null;
        EventFiles.widen(Stream.of(train, validation, test, full)
                .filter(Objects::nonNull)
                .distinct()
                .toList());
        if (reported && full == null) {
            if (validation == null) {
                full = split.isFit(SplitSettings.FULL) ? train : null;
            } else if (!split.isFit(SplitSettings.BEST)) {
                full = join(train, validation, file("full"), warnings);
            }
        }
        return new Divided(train, validation, test, full);
    }

    private Divided ofOneFile(List<String> warnings) throws IOException {
        Path all = load(Objects.requireNonNull(split.events()), "all");
        Path parts = folder.resolve("parts");
        Split.Report report = progress.during(
                "Splitting " + split.events(), () -> Split.of(split.by()).write(all, parts));
        warnings.addAll(report.warnings());
        Path train = part(all, parts, "train", "training part");
        Path validation = part(all, parts, "valid", "validation part");
        Path test = part(all, parts, "test", "test part");
        Path full = split.isFit(SplitSettings.BEST)
                ? null
                : join(train, validation, parts.resolve("full.parquet"), warnings);
        return new Divided(train, validation, test, full);
    }

    private Path part(Path all, Path parts, String name, String words) {
        Path file = parts.resolve(name + ".parquet");
        for (String origin : origin(all)) {
            origins.put(file, Set.of(origin + " (" + words + ")"));
        }
        return file;
    }

    /** The drawn part of the validation to choose by; where the recipe says so, training has the rest. */
    private Divided sampled(Divided whole, List<String> warnings) throws IOException {
        int sessions = recipe.evaluation().validationSample();
        Path validation = whole.validation;
        if (validation == null || sessions == 0) {
            return whole;
        }
        Path sample = file("sample");
        origins.put(sample, origin(validation));
        EventFiles.sample(validation, sessions, SAMPLE_SEED, sample);
        Path train = whole.train;
        if (split.trainOnRest()) {
            Path rest = file("rest");
            origins.put(rest, origin(validation));
            EventFiles.rest(validation, sessions, SAMPLE_SEED, rest);
            train = join(whole.train, rest, rest.resolveSibling("train.parquet"), warnings);
        }
        return new Divided(train, sample, whole.test, whole.full);
    }

    /** Training with validation events: of leave-one-out, those that the training part doesn't hold already. */
    private Path join(Path train, Path validation, Path output, List<String> warnings) throws IOException {
        Set<String> both = new LinkedHashSet<>(origin(train));
        both.addAll(origin(validation));
        origins.put(output, both);
        if (split.by().equals(SplitSettings.LEAVE_ONE_OUT)) {
            EventFiles.appendNewest(train, validation, output);
        } else {
            EventFiles.append(train, validation, output);
            long shared = EventFiles.sharedSessions(train, validation);
            if (shared > 0) {
                warnings.add(shared + " sessions have the same id in " + String.join(" and ", both)
                        + ": events of both are trained on as one session; give them other ids if they are not");
            }
        }
        return output;
    }

    private Set<String> origin(Path made) {
        return Objects.requireNonNull(origins.get(made), "made here");
    }

    private Path load(String name, String part) throws IOException {
        Path file = files.find(name);
        Path events = file(part);
        origins.put(events, Set.of(file.toString()));
        progress.during(
                "Importing " + file,
                () -> EventImporter.run(
                        file, recipe.source().layout(), recipe.source().columns(), events));
        return events;
    }

    private Path file(String part) throws IOException {
        return Files.createDirectories(folder.resolve(part)).resolve("events.parquet");
    }
}

package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Finds a recipe's files: in the folder that the user names, or in the recipe's folder below it, so that one may name either the
 * folder of a data set or that of all of them.
 */
final class SourceFiles {
    private static final int MOST_NAMES = 8;
    private static final String COMPRESSED = ".gz";

    private final Recipe recipe;
    private final List<Path> places = new ArrayList<>();
    private final @Nullable Path single;

    /**
     * @param recipeFile whose folder counts when the user names none
     * @param data a folder; or a file, for recipes that divide one; null for none
     * @throws ConfigException when it is neither, or a file where several are needed
     */
    SourceFiles(Recipe recipe, Path recipeFile, @Nullable Path data) {
        this.recipe = recipe;
        if (data != null && Files.isRegularFile(data)) {
            if (recipe.parts().events() == null) {
                throw new ConfigException("--data: " + data + " is a file (expected: a folder with "
                        + recipe.parts().train() + ", " + recipe.parts().test() + ")");
            }
            single = data;
            return;
        }
        single = null;
        if (data != null && !Files.isDirectory(data)) {
            throw new ConfigException("--data: " + data + " (expected: an existing folder or file)");
        }
        Path base = data != null ? data : folderOf(recipeFile);
        places.add(base);
        if (!recipe.source().folder().isEmpty()) {
            // the recipe's own folder comes first unless the user names another
            places.add(data != null ? 1 : 0, base.resolve(recipe.source().folder()));
        }
    }

    /**
     * The file of a name or pattern.
     *
     * @throws DataException when there is none, or the pattern fits several
     */
    Path find(String name) throws IOException {
        return find(name, "");
    }

    /** @param otherwise what else to do when there is none, to go on with in the message */
    Path find(String name, String otherwise) throws IOException {
        if (single != null) {
            return single;
        }
        for (Path place : places) {
            List<Path> found = matching(place, name);
            if (found.isEmpty()) {
                found = matching(place, name + COMPRESSED);
            }
            if (found.size() == 1) {
                return found.get(0);
            }
            if (found.size() > 1) {
                throw new DataException("files: " + names(found) + " in " + place + " (expected: one that fits " + name
                        + "; name it with --set split." + key(name) + "=FILE)");
            }
        }
        throw new DataException("file: no " + name + " in "
                + String.join(" or ", places.stream().map(Path::toString).toList())
                + " (expected: events in the format " + recipe.source().format()
                + "; name the folder with --data, another file with --set split." + key(name) + "=FILE" + otherwise
                + ")");
    }

    private String key(String name) {
        SplitSettings split = recipe.parts();
        return name.equals(split.events())
                ? "events"
                : name.equals(split.train())
                        ? "train"
                        : name.equals(split.validation()) ? "validation" : name.equals(split.test()) ? "test" : "full";
    }

    private static List<Path> matching(Path place, String name) throws IOException {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        if (Files.isRegularFile(place.resolve(name))) {
            return List.of(place.resolve(name));
        }
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + name.toLowerCase(Locale.ROOT));
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    "split: " + name + " (expected: a file name, or a pattern such as *_test.txt)", e);
        }
        try (var files = Files.list(place)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> matcher.matches(
                            Path.of(file.getFileName().toString().toLowerCase(Locale.ROOT))))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> names(List<Path> files) {
        return files.stream()
                .limit(MOST_NAMES)
                .map(file -> file.getFileName().toString())
                .toList();
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
    }

    /** A recipe that finds the same files from anywhere. */
    Recipe placed(Recipe other) throws IOException {
        if (single != null) {
            Path file = single.toAbsolutePath().normalize();
            return other.withSource(other.source().in(folderOf(file)))
                    .withSplit(other.parts().withEvents(file.getFileName().toString()));
        }
        String events = recipe.parts().events();
        Path first = find(
                events != null ? events : Objects.requireNonNull(recipe.parts().train()));
        return other.withSource(other.source().in(folderOf(first)));
    }
}

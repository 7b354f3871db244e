package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The files that a {@link DataSource} stands for, in order of their names.
 *
 * @param files at least one
 * @param format of all of them
 */
public record DataFiles(List<DataFile> files, DataFormat format) {
    private static final Pattern WILD = Pattern.compile("[*?\\[{]");
    private static final Set<String> SCHEMAS = Set.of("schema.pbtxt", "schema.json");
    private static final int DEEPEST = 64;

    /**
     * Finds files of this machine.
     *
     * @throws DataException when there is none, a location is absent, or the files are of several formats or in folders with different keys
     */
    public static DataFiles find(DataSource source) {
        return find(source, FileTree.local());
    }

    /** As {@link #find(DataSource)}, in another file system. */
    public static DataFiles find(DataSource source, FileTree tree) {
        Finder finder = new Finder(tree);
        try {
            source.locations().forEach(finder::add);
        } catch (UncheckedIOException e) {
            throw new DataException(source + ": can't be listed (" + e.getMessage() + ")", e);
        }
        List<DataFile> files = List.copyOf(finder.found.values());
        if (files.isEmpty()) {
            throw new DataException(source + ": no file (expected: at least one; names that begin with . or _, and"
                    + " schemas, don't count)");
        }
        sameKeys(files);
        return new DataFiles(files, format(source, files));
    }

    private static void sameKeys(List<DataFile> files) {
        DataFile first = files.get(0);
        for (DataFile file : files) {
            if (!List.copyOf(file.keys().keySet())
                    .equals(List.copyOf(first.keys().keySet()))) {
                throw new DataException(file.location() + ": in folders with keys "
                        + file.keys().keySet() + " (expected: " + first.keys().keySet() + ", as those of "
                        + first.location() + ")");
            }
        }
    }

    private static DataFormat format(DataSource source, List<DataFile> files) {
        if (source.format() != null) {
            return source.format();
        }
        DataFile first = files.get(0);
        DataFormat format = DataFormat.ofFile(first.location());
        if (files.size() == 1 && format == null) {
            return DataFormat.PARQUET;
        }
        for (DataFile file : files) {
            DataFormat own = DataFormat.ofFile(file.location());
            if (own == null) {
                throw new DataException(file.location() + ": its name tells no format (expected: .parquet, .csv, .tsv"
                        + " or .jsonl; or say the format, or leave the file out by a pattern)");
            }
            if (own != format) {
                throw new DataException(file.location() + ": " + own.label() + ", but " + first.location() + ": "
                        + DataFormat.valueOf(String.valueOf(format)).label()
                        + " (expected: files of one format; choose them by a pattern, for instance '*."
                        + own.label() + "')");
            }
        }
        return own(format);
    }

    private static DataFormat own(@Nullable DataFormat format) {
        return format == null ? DataFormat.PARQUET : format;
    }

    /**
     * Refuses an output in whose place the data set lies.
     *
     * @param target file or folder that is to be replaced
     * @throws DataException when a file of the data set is the target, or in it; as {@link #find(DataSource)} for one that isn't found
     */
    public static void requireApart(DataSource source, Path target) throws IOException {
        if (!Files.exists(target) || source.locations().stream().anyMatch(DataSource::isRemote)) {
            return;
        }
        Path replaced = target.toRealPath();
        for (DataFile file : find(source).files()) {
            if (Path.of(file.location()).toRealPath().startsWith(replaced)) {
                throw new DataException("output: " + target
                        + (Files.isDirectory(target) ? " holds the events, " + file.location() : " is what is read")
                        + " (expected: another, since this one is replaced)");
            }
        }
    }

    /** The folder that a location's patterns begin in, or the location itself. */
    static String fixedPart(String location) {
        String[] parts = location.split("/", -1);
        StringBuilder fixed = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            if (WILD.matcher(parts[i]).find()) {
                return i == 0 ? "." : fixed.isEmpty() ? "/" : fixed.toString();
            }
            fixed.append(i == 0 ? "" : "/").append(parts[i]);
        }
        return location;
    }

    /** Walks folders. */
    private static final class Finder {
        private final FileTree tree;
        private final SortedMap<String, DataFile> found = new TreeMap<>();

        Finder(FileTree tree) {
            this.tree = tree;
        }

        void add(String location) {
            switch (kind(location)) {
                case FILE -> found.put(location, new DataFile(location, Map.of()));
                case FOLDER -> walk(trimmed(location), Map.of(), 0);
                case ABSENT -> {
                    if (!WILD.matcher(location).find()) {
                        throw new DataException(
                                "file: " + location + " (expected: an existing file, folder or pattern)");
                    }
                    match(location);
                }
            }
        }

        private static String trimmed(String folder) {
            return folder.length() > 1 && folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
        }

        private void match(String pattern) {
            String fixed = fixedPart(pattern);
            int begin = pattern.startsWith(fixed) ? fixed.length() : 0;
            List<String> parts = new ArrayList<>();
            for (String part : pattern.substring(begin).split("/", -1)) {
                if (!part.isEmpty()) {
                    parts.add(part);
                }
            }
            String folder = fixed.equals(".") && begin == 0 ? "" : fixed;
            if (kind(folder.isEmpty() ? "." : folder) == FileTree.Kind.FOLDER) {
                match(folder, parts, Map.of(), 0);
            }
        }

        private void match(String folder, List<String> parts, Map<String, @Nullable String> keys, int depth) {
            String part = parts.get(0);
            List<String> rest = parts.subList(1, parts.size());
            boolean deep = part.equals("**");
            if (deep && !rest.isEmpty()) {
                match(folder, rest, keys, depth);
            }
            PathMatcher matcher = matcher(part);
            for (String name : names(folder, depth)) {
                boolean hidden = isHidden(name) && part.charAt(0) != name.charAt(0);
                if (hidden || !matcher.matches(Path.of(name))) {
                    continue;
                }
                String child = child(folder, name);
                boolean isFolder = kind(child) == FileTree.Kind.FOLDER;
                if (isFolder && (deep || !rest.isEmpty())) {
                    match(child, deep ? parts : rest, withKey(keys, name), depth + 1);
                } else if (isFolder) {
                    walk(child, withKey(keys, name), depth + 1);
                } else if (rest.isEmpty()) {
                    put(child, name, keys);
                }
            }
        }

        private static PathMatcher matcher(String part) {
            try {
                return FileSystems.getDefault().getPathMatcher("glob:" + (part.equals("**") ? "*" : part));
            } catch (PatternSyntaxException e) {
                throw new DataException(
                        "pattern: " + part + ": " + e.getDescription()
                                + " (expected: *, ?, [a-z] or {a,b} for parts of a name)",
                        e);
            }
        }

        private void walk(String folder, Map<String, @Nullable String> keys, int depth) {
            for (String name : names(folder, depth)) {
                String child = child(folder, name);
                if (isHidden(name)) {
                    continue;
                }
                if (kind(child) == FileTree.Kind.FOLDER) {
                    walk(child, withKey(keys, name), depth + 1);
                } else {
                    put(child, name, keys);
                }
            }
        }

        private void put(String file, String name, Map<String, @Nullable String> keys) {
            if (!SCHEMAS.contains(name) && !name.endsWith(".schema.pbtxt")) {
                found.put(file, new DataFile(file, keys));
            }
        }

        private static String child(String folder, String name) {
            return folder.isEmpty() || folder.endsWith("/") ? folder + name : folder + "/" + name;
        }

        /** What programs write beside data, such as {@code _SUCCESS}; but not {@code _key=value}. */
        private static boolean isHidden(String name) {
            return name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
        }

        private static Map<String, @Nullable String> withKey(Map<String, @Nullable String> keys, String folder) {
            Map.Entry<String, @Nullable String> key = HiveNames.parse(folder);
            if (key == null) {
                return keys;
            }
            Map<String, @Nullable String> all = new LinkedHashMap<>(keys);
            all.put(key.getKey(), key.getValue());
            return all;
        }

        private List<String> names(String folder, int depth) {
            if (depth > DEEPEST) {
                throw new DataException(folder + ": " + depth + " folders deep (expected: at most " + DEEPEST
                        + "; does a link lead back?)");
            }
            try {
                return tree.names(folder.isEmpty() ? "." : folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private FileTree.Kind kind(String location) {
            try {
                return tree.kind(location);
            } catch (InvalidPathException e) {
                throw new DataException(
                        "file: " + location + " (expected: a name that can be; " + e.getReason() + ")", e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.train.search.Domain;
import io.t4rec.train.search.MedianRule;
import io.t4rec.train.search.Search;
import io.t4rec.train.search.SearchSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file that says what to search for.
 *
 * @param recipe file whose settings stay where the space says nothing, relative to this one
 * @param space values by the recipe's dotted keys, of {@code model} and {@code training}
 * @param search how to search
 */
record TuneSettings(String recipe, Map<String, Values> space, Method search) {
    private static final List<String> SEARCHED = List.of("model.", "training.");
    private static final String SEED = "training.seed";

    /**
     * Values of one setting: exactly one of the four forms.
     *
     * @param uniform two real numbers, low and high
     * @param logUniform two positive numbers; each power of ten between them is as likely
     * @param integer two whole numbers, both included
     * @param choice any values
     */
    record Values(
            @Nullable List<Double> uniform,
            @Nullable List<Double> logUniform,
            @Nullable List<Long> integer,
            @Nullable List<Object> choice) {
        /** @throws ConfigException for none or several forms, or bounds that don't fit */
        Values {
            long forms = Stream.of(uniform, logUniform, integer, choice)
                    .filter(Objects::nonNull)
                    .count();
            if (forms != 1) {
                throw new ConfigException(
                        "space: " + forms + " forms (expected: one of uniform, logUniform, integer, choice)");
            }
            domain(uniform, logUniform, integer, choice);
        }

        private static Domain domain(
                @Nullable List<Double> uniform,
                @Nullable List<Double> logUniform,
                @Nullable List<Long> integer,
                @Nullable List<Object> choice) {
            if (uniform != null) {
                pair("uniform", uniform);
                return new Domain.Uniform(uniform.get(0), uniform.get(1));
            }
            if (logUniform != null) {
                pair("logUniform", logUniform);
                return new Domain.LogUniform(logUniform.get(0), logUniform.get(1));
            }
            if (integer != null) {
                pair("integer", integer);
                return new Domain.Integers(integer.get(0), integer.get(1));
            }
            return new Domain.Choice(Objects.requireNonNull(choice));
        }

        private static void pair(String form, List<?> bounds) {
            if (bounds.size() != 2) {
                throw new ConfigException(form + ": " + bounds + " (expected: [low, high])");
            }
        }

        Domain domain() {
            return domain(uniform, logUniform, integer, choice);
        }
    }

    /**
     * How to search.
     *
     * @param method tpe (Bayesian) or random; default tpe
     * @param seed of the sequence of settings; default 1
     * @param startup trials at random before tpe has something to go by; default 10
     * @param trials at most so many; default 30
     * @param minutes after which no trial begins and a running one stops after its epoch; default 0: no bound
     * @param median whether a trial is given up that is below the median of the others; default true
     * @param grace epochs before that; default 2
     */
    record Method(String method, long seed, int startup, int trials, double minutes, boolean median, int grace) {
        /** Trials that one must have to compare with. */
        private static final int COMPARED = 4;

        /** @throws ConfigException for values out of range or an unknown method */
        Method {
            if (trials < 1 || !(minutes >= 0)) {
                throw new ConfigException(
                        "search: trials " + trials + ", minutes " + minutes + " (expected: >= 1 and >= 0)");
            }
            Search.of(method, seed, startup);
            new MedianRule(grace, COMPARED);
        }

        static Method defaults() {
            return new Method("tpe", 1, 10, 30, 0, true, 2);
        }

        Search search() {
            return Search.of(method, seed, startup);
        }

        MedianRule rule() {
            return new MedianRule(grace, COMPARED);
        }

        Method bounded(@Nullable Integer newTrials, @Nullable Double newMinutes) {
            return new Method(
                    method,
                    seed,
                    startup,
                    newTrials == null ? trials : newTrials,
                    newMinutes == null ? minutes : newMinutes,
                    median,
                    grace);
        }
    }

    /** @throws ConfigException for a key that is not searched for */
    TuneSettings {
        space = new LinkedHashMap<>(space);
        for (String key : space.keySet()) {
            if (SEARCHED.stream().noneMatch(key::startsWith) || key.equals(SEED)) {
                throw new ConfigException("space." + key + " (expected: a key of model or training but for " + SEED
                        + "; trials with other data or seeds don't compare)");
            }
        }
    }

    /** @throws ConfigException for an absent file, unknown keys, values that are refused */
    static TuneSettings read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("space: " + file + " (expected: an existing YAML file)");
        }
        TuneSettings settings =
                ConfigFiles.readYamlOver(new TuneSettings("", Map.of(), Method.defaults()), file, Map.of());
        if (settings.recipe.isBlank()) {
            throw new ConfigException(file + ": missing key recipe (expected: the file whose settings are searched)");
        }
        settings.searchSpace();
        return settings;
    }

    SearchSpace searchSpace() {
        Map<String, Domain> domains = new LinkedHashMap<>();
        space.forEach((key, values) -> domains.put(key, values.domain()));
        return new SearchSpace(domains);
    }

    TuneSettings with(Method other) {
        return new TuneSettings(recipe, space, other);
    }
}

package io.t4rec.cli;

import io.t4rec.metrics.Bootstrap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A metric measured by one run or several, and what it is compared with.
 *
 * @param mean over the runs
 * @param standardError of that mean over the runs' seeds; null for a single run
 * @param low lower bound of the 95 % interval: over seeds by Student's t, for a single run over its cases by the bootstrap;
 *     not-a-number for a single run of a metric that is no mean over cases
 * @param high upper bound
 * @param runs value by seed
 * @param target figure to compare with; null for none, or one of another test part
 * @param ofTarget the mean as a share of it; null for none
 * @param expected bounds that the recipe gives; null for none, or those of another test part
 * @param verdict inside, below or above those bounds; null for none
 */
record Measured(
        double mean,
        @Nullable Double standardError,
        double low,
        double high,
        Map<Long, Double> runs,
        @Nullable Double target,
        @Nullable Double ofTarget,
        Recipe.@Nullable Interval expected,
        @Nullable String verdict) {
    private static final int RESAMPLES = 1_000;
    private static final double LEVEL = 0.95;
    /** Quantiles of Student's t at 0.975 for 1 to 10 degrees of freedom; beyond, 1.96 and what is missing to it. */
    private static final double[] STUDENT = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};

    /** The interval of a single run's mean, over its cases. */
    static Bootstrap.Interval overCases(double[] cases) {
        return Bootstrap.mean(cases, LEVEL, RESAMPLES, new SplittableRandom(1));
    }

    /**
     * Brings the runs of a recipe together.
     *
     * @param results at least one
     */
    static Map<String, Measured> of(Recipe recipe, List<SeedResult> results) {
        Map<String, Measured> measured = new LinkedHashMap<>();
        for (String label : results.get(0).labels()) {
            measured.put(label, of(label, recipe, results));
        }
        return measured;
    }

    private static Measured of(String label, Recipe recipe, List<SeedResult> results) {
        Map<Long, Double> runs = new LinkedHashMap<>();
        results.forEach(result -> runs.put(result.seed(), result.model(label).mean()));
        double[] values =
                runs.values().stream().mapToDouble(Double::doubleValue).toArray();
        double mean = Arrays.stream(values).average().orElseThrow();
        Double error = values.length == 1 ? null : standardError(values, mean);
        Bootstrap.Interval cases = results.get(0).model(label);
        double half = error == null ? 0 : error * student(values.length - 1);
        boolean comparable = recipe.isMeasuredOn(results.get(0).test());
        Double target = comparable ? recipe.target().get(label) : null;
        Recipe.Interval expected = comparable ? recipe.expected().get(label) : null;
        return new Measured(
                mean,
                error,
                error == null ? cases.low() : mean - half,
                error == null ? cases.high() : mean + half,
                runs,
                target,
                target == null ? null : mean / target,
                expected,
                expected == null ? null : expected.verdict(mean));
    }

    private static double standardError(double[] values, double mean) {
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return Math.sqrt(squares / (values.length - 1) / values.length);
    }

    static double student(int degrees) {
        return degrees <= STUDENT.length ? STUDENT[degrees - 1] : 1.96 + 2.6 / degrees;
    }

    /** In one line for a terminal. */
    String line() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%.4f", mean));
        if (!Double.isNaN(low)) {
            text.append(String.format(Locale.ROOT, "  (95 %%: %.4f to %.4f", low, high));
            if (standardError != null) {
                text.append(String.format(Locale.ROOT, ", %d seeds, standard error %.4f", runs.size(), standardError));
            }
            text.append(")");
        }
        text.append(part(
                expected,
                bounds -> String.format(
                        Locale.ROOT, "  expected %.4f to %.4f: %s", bounds.low(), bounds.high(), verdict)));
        text.append(part(target, figure -> String.format(Locale.ROOT, "  target %.4f: %.3f of it", figure, ofTarget)));
        return text.toString();
    }

    private static <T> String part(@Nullable T value, Function<T, String> text) {
        return value == null ? "" : text.apply(value);
    }
}

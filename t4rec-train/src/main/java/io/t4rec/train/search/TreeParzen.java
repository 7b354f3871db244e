package io.t4rec.train.search;

import io.t4rec.schema.ConfigException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011): of the trials so far, the best quarter gives one density of each setting,
 * the others another; values likely among the good and unlikely among the rest are tried next, which is where the expected
 * improvement is greatest. Each setting is looked at by itself. The first trials are drawn at random.
 *
 * @param startup how many those are, for instance 10
 */
public record TreeParzen(long seed, int startup) implements Search {
    private static final double GOOD_SHARE = 0.25;
    private static final int CANDIDATES = 24;

    /** @throws ConfigException for fewer than 2 trials at random: two groups are compared */
    public TreeParzen {
        if (startup < 2) {
            throw new ConfigException("search.startup: " + startup + " (expected: >= 2)");
        }
    }

    @Override
    public Map<String, Object> next(SearchSpace space, List<Trial> history) {
        SplittableRandom random = Search.generator(seed, history.size());
        if (history.size() < startup) {
            return Search.draw(space, random);
        }
        List<Trial> sorted = new ArrayList<>(history);
        // trials that could not be used are the worst
        sorted.sort(
                Comparator.comparingDouble(trial -> Double.isNaN(trial.value()) ? Double.MAX_VALUE : -trial.value()));
        int count = (int) Math.ceil(GOOD_SHARE * sorted.size());
        List<Trial> good = sorted.subList(0, count);
        List<Trial> rest = sorted.subList(count, sorted.size());
        Map<String, Object> settings = new LinkedHashMap<>();
        space.domains().forEach((name, domain) -> settings.put(name, choose(name, domain, good, rest, random)));
        return settings;
    }

    private static Object choose(
            String name, Domain domain, List<Trial> good, List<Trial> rest, SplittableRandom random) {
        return domain instanceof Domain.Choice choice
                ? choose(choice, values(name, good), values(name, rest), random)
                : choose((Domain.Ordered) domain, values(name, good), values(name, rest), random);
    }

    private static List<Object> values(String name, List<Trial> trials) {
        return trials.stream()
                .filter(trial -> trial.settings().containsKey(name))
                .map(trial -> trial.settings().get(name))
                .toList();
    }

    private static Object choose(Domain.Ordered domain, List<Object> good, List<Object> rest, SplittableRandom random) {
        Parzen likely = parzen(domain, good);
        Parzen unlikely = parzen(domain, rest);
        double best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < CANDIDATES; i++) {
            double place = likely.draw(random);
            double ratio = Math.log(likely.density(place)) - Math.log(unlikely.density(place));
            if (ratio > highest) {
                highest = ratio;
                best = place;
            }
        }
        return domain.at(best);
    }

    private static Parzen parzen(Domain.Ordered domain, List<Object> values) {
        return new Parzen(values.stream()
                .mapToDouble(value -> Math.max(0, Math.min(1, domain.place((Number) value))))
                .toArray());
    }

    /** Of the values drawn from among the good ones, that with the best ratio of frequencies; each counts once more than it occurs. */
    private static Object choose(Domain.Choice domain, List<Object> good, List<Object> rest, SplittableRandom random) {
        Object best = domain.values().get(0);
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < CANDIDATES; i++) {
            int drawn = random.nextInt(good.size() + domain.values().size());
            Object value =
                    drawn < good.size() ? good.get(drawn) : domain.values().get(drawn - good.size());
            double ratio = Math.log(frequency(value, good, domain)) - Math.log(frequency(value, rest, domain));
            if (ratio > highest) {
                highest = ratio;
                best = value;
            }
        }
        return best;
    }

    private static double frequency(Object value, List<Object> values, Domain.Choice domain) {
        long count = values.stream().filter(value::equals).count();
        return (count + 1.0) / (values.size() + domain.values().size());
    }
}

package io.t4rec.train.search;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Says what to try next. The same seed and trials so far give the same answer, so a search can be resumed. */
public sealed interface Search permits RandomSearch, TreeParzen {
    /**
     * Settings to try.
     *
     * @param history all trials before, in order
     */
    Map<String, Object> next(SearchSpace space, List<Trial> history);

    /**
     * A search by its name.
     *
     * @param method {@code random} or {@code tpe}
     * @throws ConfigException for an unknown name, suggesting the nearest
     */
    static Search of(String method, long seed, int startup) {
        return switch (method) {
            case "random" -> new RandomSearch(seed);
            case "tpe" -> new TreeParzen(seed, startup);
            default ->
                throw new ConfigException("search.method: " + method + " (expected: "
                        + Names.expectation(method, List.of("random", "tpe")) + ")");
        };
    }

    /** Each setting by itself, all places as likely. */
    static Map<String, Object> draw(SearchSpace space, SplittableRandom random) {
        Map<String, Object> settings = new LinkedHashMap<>();
        space.domains().forEach((name, domain) -> settings.put(name, domain.at(random.nextDouble())));
        return settings;
    }

    /** The generator of one trial: independent of how many numbers earlier ones took. */
    static SplittableRandom generator(long seed, int trial) {
        return new SplittableRandom(seed * 1_000_003 + trial);
    }
}

package io.t4rec.train.search;

import java.util.List;
import java.util.Map;

/** Draws every trial at random (Bergstra and Bengio 2012). */
public record RandomSearch(long seed) implements Search {
    @Override
    public Map<String, Object> next(SearchSpace space, List<Trial> history) {
        return Search.draw(space, Search.generator(seed, history.size()));
    }
}

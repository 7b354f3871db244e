package io.t4rec.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.t4rec.model.ranking.ItemRanker;
import io.t4rec.schema.ConfigException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Which items of a session an evaluation takes for items that would not be recommended to it. A target among them gets the rank {@link
 * ItemRanker#LAST}.
 */
public enum Exclusion {
    /** None: what was seen may come again. */
    @JsonProperty("none")
    NONE,
    /** The last item seen, which is on the screen. */
    @JsonProperty("current")
    CURRENT,
    /** Every item seen so far. */
    @JsonProperty("seen")
    SEEN;

    /** @throws ConfigException for an unknown name, listing the known ones */
    public static Exclusion of(String name) {
        for (Exclusion exclusion : values()) {
            if (exclusion.label().equals(name)) {
                return exclusion;
            }
        }
        throw new ConfigException("exclude: " + name + " (expected: one of "
                + Arrays.stream(values()).map(Exclusion::label).toList() + ")");
    }

    /** The name in settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The ids that are left out, in any order, perhaps more than once.
     *
     * @param items that hold the session, oldest first
     * @param from index of its first
     * @param to index after its last
     */
    public long[] of(long[] items, int from, int to) {
        return switch (this) {
            case NONE -> new long[0];
            case CURRENT -> Arrays.copyOfRange(items, Math.max(from, to - 1), to);
            case SEEN -> Arrays.copyOfRange(items, from, to);
        };
    }
}

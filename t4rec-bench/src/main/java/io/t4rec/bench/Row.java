package io.t4rec.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One line of a result.
 *
 * @param cells text by column, in the order of the columns; the first is what was measured
 */
record Row(Map<String, String> cells) {
    Row {
        cells = new LinkedHashMap<>(cells);
    }

    static Row of(String name) {
        return new Row(Map.of("case", name));
    }

    Row with(String column, String text) {
        cells.put(column, text);
        return this;
    }

    /** @param digits after the point */
    Row with(String column, double value, int digits) {
        return with(column, String.format(Locale.ROOT, "%,." + digits + "f", value));
    }

    /** How near a floor the measured time is. */
    Row share(double floorSeconds, double seconds) {
        return with("floor, ms", floorSeconds * 1e3, floorSeconds < 0.01 ? 3 : 1)
                .with("share of floor", String.format(Locale.ROOT, "%.0f %%", 100 * floorSeconds / seconds));
    }
}

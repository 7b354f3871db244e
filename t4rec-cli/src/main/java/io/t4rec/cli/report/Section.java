package io.t4rec.cli.report;

import java.util.Arrays;
import java.util.List;

/** One part of a report: a heading, a line that explains it, and what stands under it. */
public sealed interface Section {
    String heading();

    /** One or two sentences under the heading; may be empty. */
    String note();

    /**
     * Names and values in a table.
     *
     * @param columns headings of the values, for instance training and evaluation, as many as each row has values; empty when
     *     there is one value a row and nothing to say of it
     */
    record Facts(String heading, String note, List<String> columns, List<Fact> rows) implements Section {}

    /**
     * One row of a table of facts.
     *
     * @param notable whether the row stands out; its words have to say why
     */
    record Fact(String name, List<String> values, boolean notable) {
        public Fact(String name, List<String> values) {
            this(name, values, false);
        }

        /** A fact with one value or several. */
        public static Fact of(String name, Object... values) {
            return new Fact(name, Arrays.stream(values).map(String::valueOf).toList());
        }

        /** The same, standing out. */
        public Fact standingOut() {
            return new Fact(name, values, true);
        }
    }

    /** Charts side by side, where the page is wide enough. */
    record Charts(String heading, String note, List<Chart> charts) implements Section {}

    /** Figures of several candidates, each table with a chart of its own. */
    record Comparisons(String heading, String note, List<Comparison> tables) implements Section {}

    /** What some sessions saw and what would be recommended to them. */
    record Sessions(String heading, String note, List<Sample> samples) implements Section {}

    /** Text as it stands, folded up: settings. */
    record Listing(String heading, String note, String text) implements Section {}

    /**
     * Figures of several candidates side by side; the best of each row stands out.
     *
     * @param caption what the figures are, for instance {@code recall@20}
     * @param rowLabel what a row is, for instance {@code session length}
     * @param candidates names of the columns; the first is the model
     */
    record Comparison(String caption, String rowLabel, List<String> candidates, List<Row> rows) {}

    /**
     * One row of a comparison.
     *
     * @param cases how many cases the figures are means of
     * @param figures one a candidate
     */
    record Row(String name, int cases, List<Figure> figures) {}

    /** A figure with its interval; equal bounds mean that none is known, not-a-number that there is no figure. */
    record Figure(double value, double low, double high) {
        /** A figure without an interval. */
        public static Figure of(double value) {
            return new Figure(value, value, value);
        }

        boolean hasInterval() {
            return low < high;
        }
    }

    /**
     * One session.
     *
     * @param events raw item ids, oldest first
     * @param target the item that came next
     * @param rank place of the target among all items, from 1; 0 when it can't be recommended
     * @param recommendations best first
     */
    record Sample(List<String> events, String target, int rank, List<Recommended> recommendations) {}

    /**
     * One recommended item.
     *
     * @param item raw item id
     * @param hit whether it is the item that came next
     */
    record Recommended(String item, double score, boolean hit) {}
}

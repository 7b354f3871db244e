package io.t4rec.cli;

import io.t4rec.data.Database;
import io.t4rec.etl.Vocabulary;
import io.t4rec.schema.ColumnSchema;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What files of prepared sequences hold, as the model sees it.
 *
 * @param sequences rows
 * @param events items in all rows
 * @param items distinct items, unknown ones left out
 * @param unknownEvents events whose item was not among the training events
 * @param lengths of the sequences
 * @param popularity share of the known events that fall on the most frequent items, for each of {@link #TOP_PERCENT}
 */
record SequenceStatistics(
        long sequences, long events, long items, long unknownEvents, Lengths lengths, double[] popularity) {
    /** Percentages of the items at which the popularity curve is taken. */
    private static final double[] TOP_PERCENT = {0, 1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100};

    static double[] topPercent() {
        return TOP_PERCENT.clone();
    }

    static SequenceStatistics of(List<Path> sequences, ColumnSchema itemId) {
        long first = Vocabulary.firstId(itemId);
        SortedMap<Integer, Long> lengths = new TreeMap<>();
        long[] known = new long[3];
        double[] popularity = new double[TOP_PERCENT.length];
        try (Database database = Database.open()) {
            String item = Database.identifier(itemId.name());
            database.execute("create temp view sequences as select " + item + " as items from "
                    + PreparedData.relation(sequences));
            database.forEach(
                    "select coalesce(len(items), 0), count(*) from sequences group by 1",
                    row -> lengths.put(row.getInt(1), row.getLong(2)));
            database.execute("create temp table counts as select item, count(*) as events from "
                    + "(select unnest(items) as item from sequences) group by 1");
            database.forEach(
                    "select count(*) filter (item >= " + first + "), coalesce(sum(events) filter (item >= " + first
                            + "), 0), coalesce(sum(events) filter (item < " + first + "), 0) from counts",
                    row -> {
                        for (int i = 0; i < known.length; i++) {
                            known[i] = row.getLong(i + 1);
                        }
                    });
            database.execute("create temp table running as select row_number() over ranked as place, "
                    + "sum(events) over (ranked rows unbounded preceding) as events from counts where item >= " + first
                    + " window ranked as (order by events desc, item)");
            for (int i = 0; i < TOP_PERCENT.length; i++) {
                long places = (long) Math.ceil(known[0] * TOP_PERCENT[i] / 100);
                long covered = database.number("select coalesce(max(events), 0) from running where place <= " + places);
                popularity[i] = known[1] == 0 ? Double.NaN : (double) covered / known[1];
            }
        }
        Lengths found = new Lengths(lengths);
        return new SequenceStatistics(found.total(), known[1] + known[2], known[0], known[2], found, popularity);
    }

    /** Share of the cells of a table of sequences by items that are filled, repeats counted: events / (sequences x items). */
    double density() {
        return (double) events / Math.max(1, sequences) / Math.max(1, items);
    }
}

package io.t4rec.data;

import io.t4rec.data.DataSummary.ColumnSummary;
import io.t4rec.schema.DataException;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One data set, or two beside each other, column by column.
 *
 * @param sets one or two, the drift counting from the first
 * @param columns of all sets, by name, those of the first first
 */
public record DataProfile(List<DataSet> sets, Map<String, ColumnProfile> columns) {
    /**
     * What columns are.
     *
     * @param session by which rows are joined to sessions
     * @param time of an event; whole numbers are microseconds since 1970, or counters where they are small
     * @param ids whose numbers are names: without quantiles, compared value by value
     */
    public record Roles(String session, String time, Set<String> ids) {
        private static final Set<String> USUAL_IDS = Set.of("session_id", "item_id", "user_id");

        public Roles {
            ids = Set.copyOf(ids);
        }

        /**
         * As the tags of a schema say; what they leave open, or no schema at all, by the usual names: {@code session_id}, {@code
         * item_id}, {@code user_id} and {@code time}.
         */
        public static Roles of(@Nullable Schema schema) {
            Set<String> ids = new TreeSet<>(USUAL_IDS);
            if (schema == null) {
                return new Roles("session_id", "time", ids);
            }
            ids.addAll(schema.selectByAnyTag(Set.of(Tag.ID, Tag.CATEGORICAL)).names());
            return new Roles(
                    first(schema.selectByTag(Tag.SESSION_ID), "session_id"),
                    first(schema.selectByTag(Tag.TIME), "time"),
                    ids);
        }

        ColumnValues read(String name, ColumnValues values) {
            return ids.contains(name) ? values.asNames() : time.equals(name) ? values.asTimes() : values;
        }

        private static String first(Schema tagged, String usual) {
            return tagged.size() == 0 ? usual : tagged.names().get(0);
        }
    }

    /**
     * One data set as a whole.
     *
     * @param rows all of them
     * @param profiled of how many of them the rest was found: about as many as were wanted at most, in whole sessions
     * @param lengths number of sessions by number of rows; empty without a session column
     */
    public record DataSet(long rows, long profiled, SortedMap<Integer, Long> lengths) {}

    /**
     * One column.
     *
     * @param summaries one a data set; null for one that lacks the column
     * @param histogram of all data sets in the same bins; null for the session column, and where all values differ from each other, as keys do
     * @param drift between two data sets; null for one, for the session column, and where their values can't be compared
     */
    public record ColumnProfile(
            List<@Nullable ColumnSummary> summaries,
            @Nullable Histogram histogram,
            @Nullable ColumnDrift drift) {}

    /**
     * Profiles data sets.
     *
     * @param sources one or two
     * @param schema of the columns to look at; null for all that the files have, texts then in the types that all their values have
     * @param roles of columns; those that are named may be absent from the data
     * @param most rows of a data set that are looked at, in whole sessions; where it has more, some sessions stand for all
     * @param settings of the database that reads them
     * @throws DataException when there is nothing that can be read, a file lacks a column, or a text is none of its column's type
     */
    public static DataProfile of(
            List<DataSource> sources, @Nullable Schema schema, Roles roles, long most, DatabaseSettings settings) {
        try (Database database = Database.open(settings, 0)) {
            return profile(
                    sources.stream()
                            .map(source -> Relation.of(database, source, schema))
                            .toList(),
                    roles,
                    most);
        }
    }

    /**
     * Of larger data sets, of which these were samples.
     *
     * @param rows of each of them, in order
     */
    public DataProfile asSamplesOf(List<Long> rows) {
        List<DataSet> larger = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            larger.add(new DataSet(rows.get(i), sets.get(i).profiled, sets.get(i).lengths));
        }
        return new DataProfile(larger, columns);
    }

    private static DataProfile profile(List<Relation> wholes, Roles roles, long most) {
        List<DataSet> sets = new ArrayList<>();
        List<Relation> relations = new ArrayList<>();
        for (Relation whole : wholes) {
            Relation some = whole.thinned(roles.session, most, "thinned_" + relations.size());
            relations.add(some);
            sets.add(new DataSet(whole.rows(), some.rows(), lengths(some, roles.session)));
        }
        Map<String, ColumnProfile> columns = new LinkedHashMap<>();
        for (Relation relation : relations) {
            for (String name : relation.types().keySet()) {
                columns.computeIfAbsent(name, absent -> column(relations, name, roles));
            }
        }
        return new DataProfile(sets, columns);
    }

    private static SortedMap<Integer, Long> lengths(Relation rows, String session) {
        SortedMap<Integer, Long> lengths = new TreeMap<>();
        if (rows.types().containsKey(session)) {
            rows.database()
                    .forEach(
                            "select n, count(*) from (select count(*) as n from " + rows.sql() + " group by "
                                    + Database.identifier(session) + ") group by 1",
                            row -> lengths.put(row.getInt(1), row.getLong(2)));
        }
        return lengths;
    }

    private static ColumnProfile column(List<Relation> relations, String name, Roles roles) {
        boolean session = roles.session.equals(name);
        List<@Nullable ColumnValues> values = new ArrayList<>();
        List<@Nullable ColumnSummary> summaries = new ArrayList<>();
        boolean keys = true;
        for (Relation relation : relations) {
            ColumnValues found = relation.values(name);
            found = found == null ? null : roles.read(name, found);
            ColumnSummary summary = found == null ? null : DataSummary.summary(found);
            values.add(found);
            summaries.add(summary);
            keys &= found == null || summary == null || isKey(found, summary);
        }
        ColumnValues first = values.get(0);
        ColumnValues second = values.size() < 2 ? null : values.get(1);
        return new ColumnProfile(
                summaries,
                keys || session ? null : Histogram.of(values),
                first == null || second == null || session ? null : ColumnDrift.between(first, second));
    }

    private static boolean isKey(ColumnValues values, ColumnSummary summary) {
        return values.kind() == ColumnValues.Kind.OTHER && summary.distinct() == summary.values();
    }
}

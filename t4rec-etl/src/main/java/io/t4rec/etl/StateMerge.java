package io.t4rec.etl;

import io.t4rec.data.Column;
import io.t4rec.data.Table;
import io.t4rec.etl.Extension.Change;
import io.t4rec.schema.ModelFormatException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Puts what new data says to what was fitted before. */
final class StateMerge {
    private final FittedState state;
    private final StepRunner runner;
    private final List<Change> changes = new ArrayList<>();

    /**
     * Begins with what was fitted before.
     *
     * @param state which is changed
     * @param runner which says what may be read into memory
     */
    StateMerge(FittedState state, StepRunner runner) {
        this.state = state;
        this.runner = runner;
    }

    List<Change> changes() {
        return changes;
    }

    /** The statistic as it must be found in new data: rare values too, since old ones may be among them. */
    static Statistic whole(Statistic statistic) {
        return statistic instanceof Statistic.Counts counts
                ? new Statistic.Counts(counts.names(), counts.values(), 1, 0)
                : statistic;
    }

    /** Before new data is looked at: what was fitted before may be read into memory. */
    void requireInMemory(Statistic statistic) {
        if (statistic instanceof Statistic.Counts counts) {
            String name = counts.names().get(0);
            requireInMemory(name, state.vocabulary(name).stored());
        } else if (statistic instanceof Statistic.Core core) {
            requireInMemory(core.name(), state.vocabulary(core.name()).stored());
        } else if (statistic instanceof Statistic.Groups groups) {
            requireInMemory(groups.name(), state.table(groups.name()).stored());
        } else if (statistic instanceof Statistic.Smallest smallest) {
            requireInMemory(smallest.name(), state.numbers(smallest.name()).stored());
        }
    }

    private void requireInMemory(String name, @Nullable StoredTable stored) {
        if (stored != null) {
            runner.requireInMemory(name, stored);
        }
    }

    void keep(String name, long size) {
        changes.add(new Change(name, Change.Kind.KEPT, size, size));
    }

    /**
     * Adds what one statistic says.
     *
     * @param found of the {@linkplain #whole whole} statistic in the new data
     * @param ids whether counted values get ids that the data shows, rather than being looked for alone
     */
    void add(Statistic statistic, FittedState found, boolean ids) {
        Change.Kind kind = ids ? Change.Kind.VOCABULARY : Change.Kind.GROUPS;
        if (statistic instanceof Statistic.Counts counts) {
            vocabulary(counts, found.vocabulary(counts.names().get(0)), kind);
        } else if (statistic instanceof Statistic.Core core) {
            vocabulary(Statistic.Counts.of(core.name(), core.column(), 1, 0), found.vocabulary(core.name()), kind);
        } else if (statistic instanceof Statistic.Moments moments) {
            moments(moments.name(), found);
        } else if (statistic instanceof Statistic.Range range) {
            range(range.name(), found);
        } else if (statistic instanceof Statistic.Lengths lengths) {
            range(lengths.name(), found);
        } else if (statistic instanceof Statistic.Groups groups) {
            groups(groups, found.table(groups.name()));
        } else if (statistic instanceof Statistic.Smallest smallest) {
            smallest(smallest.name(), found.numbers(smallest.name()));
        } else if (statistic instanceof Statistic.Median median) {
            keep(median.name(), 1);
        } else {
            state.addAll(found); // a summary is of the newest data
        }
    }

    private void vocabulary(Statistic.Counts counts, Vocabulary found, Change.Kind kind) {
        Vocabulary old = state.vocabulary(counts.names().get(0));
        List<Object> values = new ArrayList<>(old.values());
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            long id = old.layout().first() + i;
            numbers.add(old.count(id) + count(found, values.get(i)));
        }
        for (int i = 0; i < found.values().size(); i++) {
            long count = found.count(found.layout().first() + i);
            boolean room = counts.atMost() == 0 || values.size() < counts.atMost();
            if (room
                    && count >= counts.atLeast()
                    && old.id(found.values().get(i)) < old.layout().first()) {
                values.add(found.values().get(i));
                numbers.add(count);
            }
        }
        boolean text = old.values().isEmpty() ? found.isText() : old.isText();
        Vocabulary merged = new Vocabulary(
                values, numbers.stream().mapToLong(Long::longValue).toArray(), text, old.layout());
        counts.names().forEach(name -> state.vocabularies().put(name, merged));
        changes.add(
                kind == Change.Kind.VOCABULARY
                        ? new Change(counts.names().get(0), kind, old.cardinality(), merged.cardinality())
                        : new Change(counts.names().get(0), kind, old.size(), merged.size()));
    }

    private static long count(Vocabulary found, Object value) {
        long id = found.id(value);
        return found.count(id);
    }

    /** Chan, Golub and LeVeque's way to put means and squared differences of two parts together. */
    private void moments(String name, FittedState found) {
        double n = counted(name);
        double m = found.statistic(name + ".count");
        double mean = state.statistic(name + ".mean");
        double difference = found.statistic(name + ".mean") - mean;
        double squares = squares(state, name, n) + squares(found, name, m);
        double all = n + m;
        if (all > 0) {
            squares += difference * difference * n * m / all;
            mean += difference * m / all;
        }
        state.statistics().put(name + ".count", all);
        state.statistics().put(name + ".mean", mean);
        state.statistics().put(name + ".deviation", all > 1 ? Math.sqrt(squares / (all - 1)) : 0);
        changes.add(new Change(name, Change.Kind.STATISTIC, (long) n, (long) all));
    }

    private static double squares(FittedState state, String name, double count) {
        double deviation = state.statistic(name + ".deviation");
        return count > 1 ? deviation * deviation * (count - 1) : 0;
    }

    private double counted(String name) {
        Double count = state.statistics().get(name + ".count");
        if (count == null) {
            throw new ModelFormatException("fitted state: no number of values for " + name
                    + " (expected: a workflow of this version; fit it anew to extend it)");
        }
        return count;
    }

    private void range(String name, FittedState found) {
        double n = counted(name);
        double m = found.statistic(name + ".count");
        merge(name + ".min", found, n, m, Math::min);
        merge(name + ".max", found, n, m, Math::max);
        state.statistics().put(name + ".count", n + m);
        changes.add(new Change(name, Change.Kind.STATISTIC, (long) n, (long) (n + m)));
    }

    private void merge(String key, FittedState found, double n, double m, DoubleBinaryOperator merge) {
        double old = state.statistic(key);
        double added = found.statistic(key);
        state.statistics().put(key, n == 0 ? added : m == 0 ? old : merge.applyAsDouble(old, added));
    }

    private void smallest(String name, KeyedNumbers found) {
        KeyedNumbers old = state.numbers(name);
        Map<Object, Long> merged = new TreeMap<>(StateMerge::compare);
        for (KeyedNumbers part : List.of(old, found)) {
            long[] numbers = part.numbers();
            for (int i = 0; i < numbers.length; i++) {
                merged.merge(part.keys().get(i), numbers[i], Math::min);
            }
        }
        boolean text = old.keys().isEmpty() ? found.isText() : old.isText();
        state.numbers()
                .put(
                        name,
                        new KeyedNumbers(
                                List.copyOf(merged.keySet()),
                                merged.values().stream()
                                        .mapToLong(Long::longValue)
                                        .toArray(),
                                text));
        changes.add(new Change(name, Change.Kind.GROUPS, old.keys().size(), merged.size()));
    }

    private static int compare(Object a, Object b) {
        return a instanceof Long x && b instanceof Long y
                ? Long.compare(x, y)
                : a.toString().compareTo(b.toString());
    }

    private void groups(Statistic.Groups groups, KeyedTable found) {
        KeyedTable old = state.table(groups.name());
        List<Object> keys = new ArrayList<>(old.keys());
        found.keys().stream().filter(key -> old.row(key) < 0).forEach(keys::add);
        Map<String, Column> columns = new LinkedHashMap<>();
        boolean text = old.keys().isEmpty() ? found.isText() : old.isText();
        columns.put(
                KeyedTable.KEY,
                text
                        ? Column.of(keys.stream().map(Object::toString).toArray(String[]::new))
                        : Column.of(keys.stream().mapToLong(key -> (Long) key).toArray()));
        columns.put("rows", longs(keys, old, found, "rows"));
        for (String column : groups.columns()) {
            columns.put(column + ".count", longs(keys, old, found, column + ".count"));
            columns.put(column + ".sum", doubles(keys, old, found, column + ".sum", Double::sum));
            if (groups.squares()) {
                columns.put(column + ".m2", squares(keys, old, found, column));
            }
            columns.put(column + ".min", doubles(keys, old, found, column + ".min", Math::min));
            columns.put(column + ".max", doubles(keys, old, found, column + ".max", Math::max));
        }
        state.tables().put(groups.name(), new KeyedTable(Table.of(columns)));
        changes.add(new Change(groups.name(), Change.Kind.GROUPS, old.keys().size(), keys.size()));
    }

    private static Column longs(List<Object> keys, KeyedTable old, KeyedTable found, String column) {
        return Column.of(keys.stream()
                .mapToLong(key -> (long) (number(old, key, column, 0) + number(found, key, column, 0)))
                .toArray());
    }

    private static double number(KeyedTable table, Object key, String column, double absent) {
        int row = table.row(key);
        Object value = row < 0 ? null : table.table().column(column).value(row);
        return value instanceof Number number ? number.doubleValue() : absent;
    }

    /** Null where neither has a value. */
    private static Column doubles(
            List<Object> keys, KeyedTable old, KeyedTable found, String column, DoubleBinaryOperator merge) {
        double[] values = new double[keys.size()];
        BitSet nulls = new BitSet();
        for (int i = 0; i < values.length; i++) {
            double a = number(old, keys.get(i), column, Double.NaN);
            double b = number(found, keys.get(i), column, Double.NaN);
            nulls.set(i, Double.isNaN(a) && Double.isNaN(b));
            values[i] = Double.isNaN(a) ? b : Double.isNaN(b) ? a : merge.applyAsDouble(a, b);
            values[i] = nulls.get(i) ? 0 : values[i];
        }
        return new Column.Doubles(values, nulls);
    }

    private static Column squares(List<Object> keys, KeyedTable old, KeyedTable found, String column) {
        double[] values = new double[keys.size()];
        BitSet nulls = new BitSet();
        for (int i = 0; i < values.length; i++) {
            Object key = keys.get(i);
            double n = number(old, key, column + ".count", 0);
            double m = number(found, key, column + ".count", 0);
            double difference = n == 0 || m == 0
                    ? 0
                    : number(found, key, column + ".sum", 0) / m - number(old, key, column + ".sum", 0) / n;
            nulls.set(i, n + m == 0);
            values[i] = number(old, key, column + ".m2", 0)
                    + number(found, key, column + ".m2", 0)
                    + (n + m == 0 ? 0 : difference * difference * n * m / (n + m));
        }
        return new Column.Doubles(values, nulls);
    }
}

package io.t4rec.model.input;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which embedding table each id column is looked up in: one of its own, named after it, or one that several share, by setting or because
 * the schema says that their ids are of one vocabulary.
 */
final class SharedTables {
    private final Map<String, List<ColumnSchema>> columnsByTable = new LinkedHashMap<>();
    private final Map<String, String> tableByColumn = new LinkedHashMap<>();

    /** @throws ConfigException when a setting names a column that is no id, is in two tables, or has another number of ids */
    SharedTables(InputConfig config, List<ColumnSchema> ids) {
        Map<String, ColumnSchema> byName = new LinkedHashMap<>();
        ids.forEach(column -> byName.put(column.name(), column));
        config.sharedTables().forEach((table, columns) -> {
            FeatureColumns.checkNames("sharedTables." + table, columns, byName.keySet());
            assign("sharedTables", table, columns, byName.keySet());
        });
        if (config.shareDomains()) {
            byDomain(ids).forEach((domain, columns) -> {
                if (columns.size() > 1) {
                    assign("shareDomains", domain, columns, byName.keySet());
                }
            });
        }
        for (ColumnSchema column : ids) {
            String table = tableByColumn.computeIfAbsent(column.name(), own -> own);
            columnsByTable.computeIfAbsent(table, missing -> new ArrayList<>()).add(column);
        }
        columnsByTable.forEach(SharedTables::checkAlike);
    }

    private void assign(String setting, String table, List<String> columns, Set<String> known) {
        if (known.contains(table) && !columns.contains(table)) {
            throw new ConfigException(setting + ": table " + table + " for " + columns
                    + " (expected: another name, since a column that is not among them has this one)");
        }
        for (String column : columns) {
            String before = tableByColumn.putIfAbsent(column, table);
            if (before != null && !before.equals(table)) {
                throw new ConfigException(
                        setting + ": " + column + " in " + before + " and " + table + " (expected: one table)");
            }
        }
    }

    private static Map<String, List<String>> byDomain(List<ColumnSchema> ids) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        for (ColumnSchema column : ids) {
            String domain =
                    column.intDomain() == null ? null : column.intDomain().name();
            if (domain != null) {
                columns.computeIfAbsent(domain, missing -> new ArrayList<>()).add(column.name());
            }
        }
        return columns;
    }

    private static void checkAlike(String table, List<ColumnSchema> columns) {
        Map<String, Long> cardinalities = new LinkedHashMap<>();
        columns.forEach(column -> cardinalities.put(column.name(), column.cardinality()));
        if (cardinalities.values().stream().distinct().count() > 1) {
            throw new ConfigException(
                    "table " + table + ": numbers of ids " + cardinalities
                            + " (expected: equal, since an id means the same in each; categorify the columns with shared: true)");
        }
    }

    /** Columns by table, in the order of the schema. */
    Map<String, List<ColumnSchema>> columnsByTable() {
        return columnsByTable;
    }

    /** The table of an id column. */
    String table(String column) {
        return Objects.requireNonNull(tableByColumn.get(column), column);
    }
}

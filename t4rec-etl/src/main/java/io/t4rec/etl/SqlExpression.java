package io.t4rec.etl;

import io.t4rec.data.Database;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SQL that a user gives as an expression. A saved workflow may come from elsewhere, so it must be an expression of its inputs and nothing
 * more: DuckDB's parser has to find one value, no query within, no table and no second statement.
 */
final class SqlExpression {
    private SqlExpression() {}

    /**
     * @param inputs number of {@code {0}}, {@code {1}} ... that may occur
     * @throws ConfigException for anything but an expression
     */
    static void requirePlain(String sql, int inputs) {
        String filled = sql;
        for (int i = 0; i < inputs; i++) {
            filled = filled.replace("{" + i + "}", "x" + i);
        }
        String tree;
        try (Database database = Database.open("", 1)) {
            String select = "select (" + filled + "\n) as value";
            tree = String.valueOf(database.query(
                            "select cast(json_serialize_sql(" + Database.literal(select) + ") as varchar) as tree")
                    .column("tree")
                    .value(0));
        } catch (DataException e) {
            throw refusal(sql, e.getMessage());
        }
        boolean plain = tree.startsWith("{\"error\":false")
                && !tree.contains("\"class\":\"SUBQUERY\"")
                && !tree.contains("\"class\":\"STAR\"")
                && !tree.contains("\"class\":\"WINDOW\"")
                && count(tree, "\"type\":\"SELECT_NODE\"") == 1
                && tree.contains("\"alias\":\"value\"")
                && count(tree, "\"alias\":\"") == count(tree, "\"alias\":\"\"") + 1
                && tree.contains("\"from_table\":{\"type\":\"EMPTY\"");
        if (!plain) {
            throw refusal(sql, "not a plain expression");
        }
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private static ConfigException refusal(String sql, @Nullable String why) {
        return new ConfigException("lambda: sql " + sql + " (expected: an expression of {0}, {1} ..., without select"
                + " and windows; " + why + ")");
    }
}

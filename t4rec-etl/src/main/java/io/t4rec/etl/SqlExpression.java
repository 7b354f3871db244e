package io.t4rec.etl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.t4rec.data.Database;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DataException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * SQL that a user gives as an expression. A saved workflow may come from elsewhere, so it must be an expression of its inputs and nothing
 * more: DuckDB's parser has to find one value, no query within, no table, no other column and no second statement.
 */
final class SqlExpression {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([0-9]{1,9})}");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the parser sees in place of a placeholder, with its number behind. */
    static final String INPUT = "input ";

    private static final String COLUMN = "COLUMN_REF";

    /** Not among them: queries, windows, stars, lambdas, columns by position, and parameters. */
    private static final Set<String> CLASSES = Set.of(
            COLUMN,
            "CONSTANT",
            "FUNCTION",
            "OPERATOR",
            "COMPARISON",
            "CONJUNCTION",
            "BETWEEN",
            "CASE",
            "CAST",
            "COLLATE");

    /** Of either engine: what depends on more than arguments, makes rows, or calls Java. */
    private static final Set<String> FUNCTIONS_REFUSED = Set.of(
            ("random setseed rand randn randstr shuffle uuid gen_random_uuid uuidv4 uuidv7 nextval currval txid_current"
                            + " now today curdate current_date current_time current_timestamp current_localtime"
                            + " current_localtimestamp localtime localtimestamp transaction_timestamp get_current_time"
                            + " get_current_timestamp current_setting getenv getvariable monotonically_increasing_id"
                            + " spark_partition_id input_file_name unnest explode explode_outer posexplode"
                            + " posexplode_outer inline stack java_method reflect try_reflect")
                    .split(" "));

    private SqlExpression() {}

    /** The expression with values in place of its placeholders, all put in at once: what is put in is not looked at again. */
    static String filled(String sql, IntFunction<String> values) {
        return PLACEHOLDER
                .matcher(sql)
                .replaceAll(found -> Matcher.quoteReplacement(values.apply(Integer.parseInt(found.group(1)))));
    }

    /**
     * That it is an expression of its inputs.
     *
     * @param custom that it is the SQL of
     * @return the expression as DuckDB's parser reads it
     * @throws ConfigException for anything else
     */
    static JsonNode requirePlain(Expr.Custom custom, String sql) {
        int inputs = custom.arguments().size();
        int[] placeholders = new int[1];
        String parsed = filled(sql, number -> {
            if (number >= inputs) {
                throw refusal(custom, "there are " + inputs + " inputs");
            }
            placeholders[0]++;
            return Database.identifier(INPUT + number);
        });
        JsonNode tree = tree(custom, "select (" + parsed + "\n) as value");
        JsonNode statements = tree.path("statements");
        JsonNode select = statements.path(0).path("node");
        boolean plain = !tree.path("error").asBoolean(true)
                && statements.size() == 1
                && select.path("select_list").size() == 1
                && select.path("select_list").path(0).path("alias").asText().equals("value")
                && select.path("from_table").path("type").asText().equals("EMPTY")
                && tree.findValuesAsText("type").stream()
                                .filter("SELECT_NODE"::equals)
                                .count()
                        == 1
                && tree.findValuesAsText("alias").stream()
                                .filter(alias -> !alias.isEmpty())
                                .count()
                        == 1;
        if (!plain) {
            throw refusal(custom, "not a plain expression");
        }
        requireParts(custom, select.path("select_list"), placeholders[0]);
        return select.path("select_list").path(0);
    }

    /**
     * That DuckDB knows its functions for inputs of these types, tried without a row.
     *
     * @param step that computes it
     * @param columns that it is computed from
     * @throws ConfigException otherwise
     */
    static void requireRunning(Expr.Custom custom, String sql, Step step, List<String> columns, DuckDbDialect dialect) {
        String inputs = IntStream.range(0, columns.size())
                .mapToObj(i -> "cast(null as " + dialect.type(custom.inputs().get(i)) + ") as "
                        + dialect.identifier(columns.get(i)) + ", ")
                .collect(Collectors.joining());
        try (Database database = Database.openInOrder()) {
            database.describe(dialect.select(step, "(select " + inputs + "0 as " + SqlDialect.ROW + ")", columns));
        } catch (DataException e) {
            throw new ConfigException(
                    custom.where() + ": sql " + sql + " (expected: functions that DuckDB has for inputs of "
                            + custom.inputs() + ", one value a row, as " + custom.type() + "; "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")",
                    e);
        }
    }

    private static void requireParts(Expr.Custom custom, JsonNode expression, int placeholders) {
        List<JsonNode> parts = expression.findParents("class");
        Set<String> inputs =
                new HashSet<>(); // by place, since DuckDB's parser takes that of a case for each of its branches
        for (JsonNode part : parts) {
            String kind = part.path("class").asText();
            String function = part.path("function_name").asText().toLowerCase(Locale.ROOT);
            boolean ofToday = function.equals("age") && part.path("children").size() == 1;
            if (!CLASSES.contains(kind) || FUNCTIONS_REFUSED.contains(function) || ofToday) {
                throw refusal(custom, "not a plain expression: " + (function.isEmpty() ? kind : function));
            }
            if (kind.equals(COLUMN)) {
                JsonNode names = part.path("column_names");
                if (names.size() != 1 || !names.path(0).asText().startsWith(INPUT)) {
                    throw refusal(custom, "a column that is no input: " + names);
                }
                inputs.add(part.path("query_location").asText());
            }
        }
        if (inputs.size() != placeholders) {
            throw refusal(custom, "a placeholder within text or a comment");
        }
    }

    private static JsonNode tree(Expr.Custom custom, String select) {
        try (Database database = Database.openInOrder()) {
            String json = String.valueOf(database.query(
                            "select cast(json_serialize_sql(" + Database.literal(select) + ") as varchar) as tree")
                    .column("tree")
                    .value(0));
            return JSON.readTree(json);
        } catch (DataException | JsonProcessingException e) {
            throw refusal(custom, e.getMessage());
        }
    }

    private static ConfigException refusal(Expr.Custom custom, @Nullable String why) {
        return new ConfigException(custom.where() + ": sql " + custom.sql()
                + " (expected: an expression of {0}, {1} ..., without select,"
                + " windows, other columns, and functions that depend on more than their arguments; " + why + ")");
    }
}

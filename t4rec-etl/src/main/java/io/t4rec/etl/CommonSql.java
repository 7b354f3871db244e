package io.t4rec.etl;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * SQL of the user's own for engines other than DuckDB: what DuckDB's parser read is written anew, of operators and functions alone that
 * give the same on all engines: {@code log} as the decimal one, a cast to an integer as rounding to the nearest even one. Others are refused.
 * Decimals count as doubles, which is why what was computed with them is compared with nothing: 3 * 0.1 = 0.3 holds for decimals alone.
 */
final class CommonSql {
    /** What there is, for messages and documentation. */
    private static final String KNOWN =
            "+ - * / ^, % by a constant other than 0 or by nullif(.., 0), // by a constant above 0, ||, comparisons of what was not"
                    + " computed with decimals, and, or, not, in, between, is null, is distinct from, case, coalesce, nullif, greatest,"
                    + " least, abs, sqrt, exp, ln, log, log2, log10, sin, cos, tan, floor, ceil, round, power, length, lower, upper, trim,"
                    + " replace, substr from a constant place, casts to double, of integers to text, of numbers and truth to bigint";

    private static final Map<String, String> COMPARISONS = Map.of(
            "COMPARE_EQUAL", "=",
            "COMPARE_NOTEQUAL", "<>",
            "COMPARE_LESSTHAN", "<",
            "COMPARE_GREATERTHAN", ">",
            "COMPARE_LESSTHANOREQUALTO", "<=",
            "COMPARE_GREATERTHANOREQUALTO", ">=",
            "COMPARE_DISTINCT_FROM", "is distinct from",
            "COMPARE_NOT_DISTINCT_FROM", "is not distinct from");

    /** What a value is. */
    private enum Kind {
        INTEGER,
        /** What DuckDB has as decimal and others as double. */
        DECIMAL,
        NUMBER,
        TEXT,
        TRUTH,
        NULL
    }

    /**
     * SQL and what is known of its value.
     *
     * @param constant number that it always is; null for others
     * @param noZero whether it never is 0, for divisors
     */
    private record Value(String sql, Kind kind, @Nullable Number constant, boolean noZero) {
        Value(String sql, Kind kind) {
            this(sql, kind, null, false);
        }

        boolean isNumber() {
            return kind == Kind.INTEGER || kind == Kind.DECIMAL || kind == Kind.NUMBER;
        }

        /** Whether it is the same to the last digit on all engines. */
        boolean isExact() {
            return kind != Kind.DECIMAL || constant != null;
        }

        /** An integer that is a constant; else 0. */
        long whole() {
            return kind == Kind.INTEGER && constant != null ? constant.longValue() : 0;
        }
    }

    private final SqlDialect dialect;
    private final Expr.Custom custom;
    private final List<String> inputs;

    private CommonSql(SqlDialect dialect, Expr.Custom custom, List<String> inputs) {
        this.dialect = dialect;
        this.custom = custom;
        this.inputs = inputs;
    }

    /**
     * The expression for a dialect.
     *
     * @param parsed as {@link SqlExpression} reads it
     * @param inputs SQL of the arguments
     * @throws ConfigException for what means other things on other engines
     */
    static String of(SqlDialect dialect, Expr.Custom custom, JsonNode parsed, List<String> inputs) {
        CommonSql common = new CommonSql(dialect, custom, inputs);
        Value value = common.value(parsed);
        boolean fits = custom.type() == DType.STRING
                ? value.kind() == Kind.TEXT
                : value.kind() == Kind.INTEGER
                        || value.kind() == Kind.TRUTH
                        || (value.isNumber() && custom.type().isFloating());
        if (!fits && value.kind() != Kind.NULL) {
            throw common.refusal(value.kind() + " as " + custom.type());
        }
        return value.sql();
    }

    private Value value(JsonNode node) {
        String type = node.path("type").asText();
        return switch (node.path("class").asText()) {
            case "COLUMN_REF" -> input(node);
            case "CONSTANT" -> constant(node.path("value"));
            case "CAST" -> cast(node);
            case "FUNCTION" -> function(node.path("function_name").asText().toLowerCase(Locale.ROOT), children(node));
            case "OPERATOR" -> operator(type, children(node));
            case "COMPARISON" -> {
                List<Value> sides = List.of(value(node.path("left")), value(node.path("right")));
                compared(type, sides);
                String sign = COMPARISONS.get(type);
                if (sign == null) {
                    throw refusal(type);
                }
                yield truth(sides.get(0).sql() + " " + sign + " " + sides.get(1).sql());
            }
            case "CONJUNCTION" -> {
                List<Value> parts = children(node);
                parts.forEach(part -> require(type, part.kind() == Kind.TRUTH || part.kind() == Kind.NULL));
                yield truth(joined(parts, type.endsWith("_OR") ? " or " : " and "));
            }
            case "BETWEEN" -> {
                List<Value> all =
                        List.of(value(node.path("input")), value(node.path("lower")), value(node.path("upper")));
                compared(type, all);
                yield truth(all.get(0).sql() + " between " + all.get(1).sql() + " and "
                        + all.get(2).sql());
            }
            case "CASE" -> choice(node);
            default -> throw refusal(type);
        };
    }

    private List<Value> children(JsonNode node) {
        List<Value> values = new ArrayList<>();
        node.path("children").forEach(child -> values.add(value(child)));
        return values;
    }

    private Value input(JsonNode node) {
        int number =
                Integer.parseInt(node.path("column_names").path(0).asText().substring(SqlExpression.INPUT.length()));
        DType type = custom.inputs().get(number);
        return new Value(
                inputs.get(number), type == DType.STRING ? Kind.TEXT : type.isFloating() ? Kind.NUMBER : Kind.INTEGER);
    }

    private Value constant(JsonNode value) {
        if (value.path("is_null").asBoolean()) {
            return new Value("null", Kind.NULL);
        }
        JsonNode content = value.path("value");
        JsonNode type = value.path("type");
        return switch (type.path("id").asText()) {
            case "INTEGER", "BIGINT" -> constant(Kind.INTEGER, content.longValue());
            case "DOUBLE" -> {
                require(content.asText(), content.isNumber());
                yield constant(Kind.NUMBER, content.doubleValue());
            }
            case "VARCHAR" -> new Value(dialect.text(content.asText()), Kind.TEXT);
            case "DECIMAL" -> {
                BigDecimal number = content.decimalValue()
                        .movePointLeft(type.path("type_info").path("scale").asInt());
                yield constant(Kind.DECIMAL, number.doubleValue());
            }
            default -> throw refusal("a constant of type " + type.path("id").asText());
        };
    }

    private Value constant(Kind kind, Number number) {
        return new Value(dialect.literal(number), kind, number, number.doubleValue() != 0);
    }

    private Value cast(JsonNode node) {
        String to = node.path("cast_type").path("id").asText();
        JsonNode child = node.path("child");
        if (to.equals("BOOLEAN")
                && child.path("class").asText().equals("CONSTANT")) { // how DuckDB reads true and false
            String text = child.path("value").path("value").asText();
            require("cast to boolean", text.equals("t") || text.equals("f"));
            return new Value(text.equals("t") ? "true" : "false", Kind.TRUTH);
        }
        Value value = value(child);
        boolean integer = value.kind() == Kind.INTEGER;
        boolean real = value.kind() == Kind.NUMBER;
        require("try_cast", !node.path("try_cast").asBoolean());
        if (to.equals("DOUBLE") && value.isNumber()) {
            return new Value(real(value), Kind.NUMBER);
        }
        if (to.equals("BIGINT") && (integer || value.kind() == Kind.TRUTH)) {
            return new Value("cast(" + value.sql() + " as bigint)", Kind.INTEGER);
        }
        if (to.equals("BIGINT") && real) { // DuckDB rounds, others cut
            return new Value("cast(rint(" + value.sql() + ") as bigint)", Kind.INTEGER);
        }
        require(
                "cast of " + value.kind() + " to " + to,
                to.equals("VARCHAR") && (integer || value.kind() == Kind.TEXT));
        return integer ? new Value(dialect.asText(value.sql()), Kind.TEXT) : value;
    }

    private Value function(String name, List<Value> a) {
        boolean numbers = a.stream().allMatch(Value::isNumber);
        boolean texts = a.stream().allMatch(value -> value.kind() == Kind.TEXT);
        return switch (name) {
            case "+", "-", "*" -> {
                require(name, numbers && (a.size() == 2 || (a.size() == 1 && !name.equals("*"))));
                Kind kind = common(name, a);
                Number constant = a.get(0).constant();
                if (a.size() == 1 && constant != null) {
                    yield kind == Kind.INTEGER
                            ? constant(kind, Math.negateExact(constant.longValue()))
                            : constant(kind, -constant.doubleValue());
                }
                yield new Value(
                        a.size() == 1 ? "(" + name + a.get(0).sql() + ")" : "(" + joined(a, " " + name + " ") + ")",
                        kind);
            }
            case "/" -> {
                require(name, numbers && a.size() == 2);
                yield new Value(
                        quotient(real(a.get(0)), real(a.get(1)), a.get(1).noZero()), Kind.NUMBER);
            }
            case "%" -> {
                require(name, numbers && a.size() == 2 && a.get(1).noZero());
                Kind kind = common(name, a);
                require("% of decimals", kind != Kind.DECIMAL);
                yield new Value("(" + joined(a, " % ") + ")", kind);
            }
            case "//" -> {
                require(
                        name,
                        a.size() == 2
                                && a.get(0).kind() == Kind.INTEGER
                                && a.get(1).whole() > 0);
                yield new Value(dialect.quotient(a.get(0).sql(), a.get(1).whole()), Kind.INTEGER);
            }
            case "^", "**", "pow", "power" -> {
                require(name, numbers && a.size() == 2);
                yield new Value("power(" + real(a.get(0)) + ", " + real(a.get(1)) + ")", Kind.NUMBER);
            }
            case "exp", "sqrt", "ln", "log2", "log10", "sin", "cos", "tan" -> {
                require(name, numbers && a.size() == 1);
                yield new Value(name + "(" + real(a.get(0)) + ")", Kind.NUMBER);
            }
            case "log" -> {
                require(name, numbers && a.size() == 1);
                yield new Value("log10(" + real(a.get(0)) + ")", Kind.NUMBER);
            }
            case "floor", "ceil", "ceiling", "round" -> {
                require(
                        name + " of " + a.get(0).kind(),
                        a.size() == 1 && a.get(0).kind() == Kind.NUMBER);
                yield new Value(whole(name, a.get(0).sql()), Kind.NUMBER);
            }
            case "abs" -> {
                require(name, numbers && a.size() == 1);
                yield new Value(
                        "abs(" + a.get(0).sql() + ")",
                        a.get(0).kind(),
                        null,
                        a.get(0).noZero());
            }
            case "greatest", "least", "coalesce" -> {
                Kind kind = common(name, a);
                yield new Value(name + "(" + joined(a, ", ") + ")", kind);
            }
            case "nullif" -> {
                require(name, a.size() == 2);
                compared(name, a);
                Number other = a.get(1).constant();
                boolean noZero = other != null && other.doubleValue() == 0;
                yield new Value("nullif(" + joined(a, ", ") + ")", a.get(0).kind(), null, noZero);
            }
            case "||" -> {
                require(name, texts && a.size() == 2);
                yield new Value("(" + joined(a, " || ") + ")", Kind.TEXT);
            }
            case "length" -> {
                require(name, texts && a.size() == 1);
                yield new Value("cast(length(" + a.get(0).sql() + ") as bigint)", Kind.INTEGER);
            }
            case "lower", "upper", "trim" -> {
                require(name, texts && a.size() == 1);
                yield new Value(name + "(" + a.get(0).sql() + ")", Kind.TEXT);
            }
            case "replace" -> {
                require(name, texts && a.size() == 3);
                yield new Value("replace(" + joined(a, ", ") + ")", Kind.TEXT);
            }
            case "substr", "substring" -> part(name, a);
            default -> throw refusal(name);
        };
    }

    /** By 0 as of floating point: of a sign times infinity, or no number. */
    private static String quotient(String divided, String divisor, boolean noZero) {
        String quotient = divided + " / " + divisor;
        return noZero
                ? "(" + quotient + ")"
                : "(case when " + divisor + " = 0 then " + divided + " * double('infinity') else " + quotient + " end)";
    }

    /** Of doubles from 2^53 on, all are whole; the function makes integers of 64 bits. */
    private static String whole(String function, String value) {
        return "(case when abs(" + value + ") < 9007199254740992 then cast(" + function + "(" + value
                + ") as double) else " + value + " end)";
    }

    /** From a place of 1 on: engines count from the end in their own ways. */
    private Value part(String name, List<Value> a) {
        require(name, (a.size() == 2 || a.size() == 3) && a.get(0).kind() == Kind.TEXT);
        StringBuilder sql = new StringBuilder("substr(").append(a.get(0).sql());
        for (Value number : a.subList(1, a.size())) {
            require(name, number.whole() > 0 && number.whole() <= Integer.MAX_VALUE);
            sql.append(", ").append(number.whole());
        }
        return new Value(sql.append(')').toString(), Kind.TEXT);
    }

    private Value operator(String type, List<Value> a) {
        return switch (type) {
            case "OPERATOR_NOT" -> {
                require("not", a.get(0).kind() == Kind.TRUTH);
                yield truth("not " + a.get(0).sql());
            }
            case "OPERATOR_IS_NULL" -> truth(a.get(0).sql() + " is null");
            case "OPERATOR_IS_NOT_NULL" -> truth(a.get(0).sql() + " is not null");
            case "OPERATOR_COALESCE" -> function("coalesce", a);
            case "COMPARE_IN", "COMPARE_NOT_IN" -> {
                compared(type, a);
                yield truth(a.get(0).sql() + (type.equals("COMPARE_IN") ? " in (" : " not in (")
                        + joined(a.subList(1, a.size()), ", ") + ")");
            }
            default -> throw refusal(type);
        };
    }

    private Value choice(JsonNode node) {
        StringBuilder sql = new StringBuilder("(case");
        List<Value> results = new ArrayList<>();
        node.path("case_checks").forEach(check -> {
            Value when = value(check.path("when_expr"));
            require("case", when.kind() == Kind.TRUTH);
            results.add(value(check.path("then_expr")));
            sql.append(" when ")
                    .append(when.sql())
                    .append(" then ")
                    .append(results.get(results.size() - 1).sql());
        });
        results.add(value(node.path("else_expr")));
        sql.append(" else ").append(results.get(results.size() - 1).sql()).append(" end)");
        return new Value(sql.toString(), common("case", results));
    }

    private void compared(String name, List<Value> values) {
        common(name, values);
        require(
                name + " of what was computed with decimals (doubles are written 0.5e0)",
                values.stream().allMatch(Value::isExact));
    }

    /** The kind that values have together: of integers, decimals and numbers the widest. */
    private Kind common(String name, List<Value> values) {
        Kind kind = Kind.NULL;
        for (Value value : values) {
            boolean widens = kind.compareTo(Kind.NUMBER) <= 0 && value.isNumber();
            require(
                    name + " of " + kind + " and " + value.kind(),
                    kind == Kind.NULL || value.kind() == Kind.NULL || kind == value.kind() || widens);
            if (kind == Kind.NULL || (widens && value.kind().compareTo(kind) > 0)) {
                kind = value.kind();
            }
        }
        return kind;
    }

    private static String real(Value value) {
        return value.kind() == Kind.NUMBER ? value.sql() : "cast(" + value.sql() + " as double)";
    }

    private static Value truth(String sql) {
        return new Value("(" + sql + ")", Kind.TRUTH);
    }

    private static String joined(List<Value> values, String by) {
        return values.stream().map(Value::sql).collect(Collectors.joining(by));
    }

    private void require(String what, boolean holds) {
        if (!holds) {
            throw refusal(what);
        }
    }

    private ConfigException refusal(String what) {
        return new ConfigException(custom.where() + ": sql " + custom.sql() + ": " + what
                + " (expected, since on this engine and on DuckDB these mean the same: " + KNOWN + ")");
    }
}

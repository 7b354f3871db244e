package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Part of lists, by Python's slice rules: start -20 keeps the newest 20 events.
 *
 * @param start first element; negative counts from the end
 * @param end element after the last; null for the end of the list
 * @param padTo length that shorter lists are filled to on the right; default 0 fills none
 * @param padValue in the new places of numbers; default 0. Text is not filled
 * @param columns lists; default all there are
 */
public record ListSlice(long start, @Nullable Long end, int padTo, double padValue, List<String> columns)
        implements Operator {
    private static final String OPERATOR = "list-slice";

    /** @throws ConfigException for places beyond 32 bits, and for a negative length or a value that is not finite */
    public ListSlice {
        if ((int) start != start || (end != null && end.intValue() != end)) {
            throw new ConfigException(
                    OPERATOR + ": start " + start + ", end " + end + " (expected: places within 32 bits)");
        }
        if (padTo < 0 || !Double.isFinite(padValue)) {
            throw new ConfigException(OPERATOR + ": padTo " + padTo + ", padValue " + padValue
                    + " (expected: a length >= 0, a finite value)");
        }
        columns = columns == null ? List.of() : List.copyOf(columns);
    }

    /** Of all lists. */
    public ListSlice(long start, @Nullable Long end, int padTo, double padValue) {
        this(start, end, padTo, padValue, List.of());
    }

    /** Of all lists, without filling. */
    public ListSlice(long start, @Nullable Long end) {
        this(start, end, 0, 0);
    }

    @Override
    public Built build(Input input, FittedState state) {
        Map<String, Expr> sliced = new LinkedHashMap<>();
        List<ColumnSchema> schema = new ArrayList<>();
        List<String> chosen = chosen(input);
        for (ColumnSchema column : input.schema().columns()) {
            if (chosen.contains(column.name())) {
                Expr slice = new Expr.Slice(Expr.column(column.name()), start, end);
                sliced.put(column.name(), padTo > 0 ? new Expr.Pad(slice, padTo, filler(input, column)) : slice);
                schema.add(column.withShape(shape()).withTags(Tag.LIST));
            } else {
                schema.add(column);
            }
        }
        return new Built(List.of(new Step.Project(sliced)), Schema.of(schema));
    }

    private List<String> chosen(Input input) {
        if (columns.isEmpty()) {
            List<String> lists = input.schema().filter(ColumnSchema::isList).names();
            if (lists.isEmpty()) {
                throw new ConfigException("operator " + input.number()
                        + " (list-slice): no list column (expected: a groupby with lists before it)");
            }
            return lists;
        }
        List<String> chosen = input.select(OPERATOR, columns);
        for (String column : chosen) {
            if (!input.schema().get(column).isList()) {
                throw input.refusal(OPERATOR, column, "no list", "lists; a groupby makes them");
            }
        }
        return chosen;
    }

    private Expr.Literal filler(Input input, ColumnSchema column) {
        boolean whole = padValue == Math.rint(padValue) && Math.abs(padValue) < Long.MAX_VALUE;
        boolean unfit = column.dtype() == DType.BOOL && padValue != 0 && padValue != 1;
        if (unfit || column.dtype() == DType.STRING || !(column.dtype().isFloating() || whole)) {
            throw input.refusal(
                    OPERATOR, column.name(), column.dtype() + ", padValue " + padValue, "numbers of the value's type");
        }
        return new Expr.Literal(column.dtype().isFloating() ? (Object) padValue : (Object) (long) padValue);
    }

    /** All lists have one length when none can be longer than they are filled to. */
    private ColumnShape shape() {
        long max = longest();
        return padTo > 0 && max > 0 && max <= padTo ? ColumnShape.fixed(padTo) : ColumnShape.ragged(padTo, max);
    }

    /** Most elements that a slice can have; 0 when there is no bound. */
    private long longest() {
        if (end == null) {
            return start < 0 ? -start : 0;
        }
        if (start < 0 == end < 0) {
            return Math.max(0, end - start);
        }
        return end < 0 ? 0 : Math.min(end, -start);
    }
}

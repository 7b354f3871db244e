package io.t4rec.nn;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;

/**
 * The rows of a table that one training pass uses, as a small table of their own that collects the gradient: nothing in the pass
 * touches the other rows. Lives in the scope it is made in.
 */
public final class LocalRows {
    private final Parameter table;
    private final long[] ids;
    private final Tensor rows;
    private final Tensor values;
    private final Tensor gradient;

    private LocalRows(Parameter table, long[] ids) {
        this.table = table;
        this.ids = ids;
        Tensor all = table.value().detach();
        rows = Tensors.of(ids).to(all.device());
        try (Autograd off = Autograd.disabled()) {
            values = all.indexSelect(0, rows);
            gradient = Tensors.zerosLike(values);
        }
        values.requireGradient(true);
        values.setGradient(gradient);
    }

    /**
     * Copies rows of a table.
     *
     * @param ids rows that are used, in any order, with repetitions
     */
    public static LocalRows of(Parameter table, long[]... ids) {
        long[] all = Arrays.stream(ids).flatMapToLong(Arrays::stream).toArray();
        Arrays.sort(all);
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            if (i == 0 || all[i] != all[i - 1]) {
                all[count++] = all[i];
            }
        }
        return new LocalRows(table, Arrays.copyOf(all, count));
    }

    /** The table that the rows are from. */
    public Parameter table() {
        return table;
    }

    /** The rows, {@code [u, d]}, by rising id; a leaf that collects a gradient. */
    public Tensor values() {
        return values;
    }

    /** The gradient so far, {@code [u, d]}; what is added to it counts. */
    public Tensor gradient() {
        return gradient;
    }

    /**
     * Numbers of rows among those of this object.
     *
     * @throws IllegalArgumentException for an id that it wasn't made with
     */
    public Tensor numbers(long[] wanted) {
        long[] numbers = new long[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            int at = Arrays.binarySearch(ids, wanted[i]);
            if (at < 0) {
                throw new IllegalArgumentException("row: " + wanted[i] + " (expected: one of the " + ids.length
                        + " that the pass was begun with)");
            }
            numbers[i] = at;
        }
        return Tensors.of(numbers).to(rows.device());
    }

    /**
     * Rows by id, with the gradient going into this object.
     *
     * @param wanted INT64 of any shape, all of them among the ids this was made with
     * @param paddingIndex id that gets no gradient; -1 for none
     * @return {@code [wanted..., d]}
     */
    public Tensor embedding(Tensor wanted, long paddingIndex) {
        int padding = Arrays.binarySearch(ids, paddingIndex);
        return values.embedding(wanted.positionsIn(rows), Math.max(-1, padding));
    }

    /**
     * Adds the gradient to that of the table, unless the table is frozen.
     *
     * @param sparse whether as {@link Parameter#rowGradient()}, else to the dense gradient
     */
    public void addGradientToTable(boolean sparse) {
        if (!table.isTrainable()) {
            return;
        }
        if (sparse) {
            RowGradient own = new RowGradient(rows, gradient);
            RowGradient before = table.rowGradient();
            table.setRowGradient(before == null ? own : before.plus(own));
            return;
        }
        table.denseGradient().indexAddInPlace(0, rows, gradient);
    }
}

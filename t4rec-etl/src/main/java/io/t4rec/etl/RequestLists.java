package io.t4rec.etl;

import io.t4rec.data.Column;
import java.util.Arrays;

/** What expressions do with lists in memory. */
final class RequestLists {
    private RequestLists() {}

    /** Part of each list. */
    static Column slice(Expr.Slice slice, Column.Lists lists) {
        int[] offsets = lists.offsets();
        int[] newOffsets = new int[offsets.length];
        int[] picked = new int[offsets[offsets.length - 1]];
        int count = 0;
        for (int row = 0; row < lists.size(); row++) {
            long length = (long) offsets[row + 1] - offsets[row];
            long begin = slice.start() < 0 ? Math.max(length + slice.start(), 0) : slice.start();
            Long end = slice.end();
            long last = end == null ? length : end < 0 ? Math.max(length + end, 0) : Math.min(length, end);
            for (long i = begin; i < last; i++) {
                picked[count++] = (int) (offsets[row] + i);
            }
            newOffsets[row + 1] = count;
        }
        return new Column.Lists(lists.elements().rows(Arrays.copyOf(picked, count)), newOffsets);
    }

    /** Lists filled up on the right. */
    static Column pad(Expr.Pad pad, Column.Lists lists) {
        int[] offsets = lists.offsets();
        int[] padded = new int[offsets.length];
        for (int row = 0; row < lists.size(); row++) {
            padded[row + 1] = padded[row] + (int) Math.max(offsets[row + 1] - offsets[row], pad.length());
        }
        int filler = lists.elements().size();
        int[] picked = new int[padded[lists.size()]];
        Arrays.fill(picked, filler);
        for (int row = 0; row < lists.size(); row++) {
            for (int i = offsets[row]; i < offsets[row + 1]; i++) {
                picked[padded[row] + i - offsets[row]] = i;
            }
        }
        Column constant = RequestFunctions.constant(pad.value().value(), 1);
        return new Column.Lists(
                RequestColumns.concat(lists.elements(), constant).rows(picked), padded);
    }
}

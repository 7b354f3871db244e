package io.t4rec.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
    private static final int CALLS = 1_000;
    private static final int BYTES = 10_000;

    private static Row watch(Consumer<byte[]> call) {
        Row row = Row.of("calls");
        HeapWatch.watch(row, CALLS, () -> new byte[BYTES], call, line -> {});
        return row;
    }

    private static double number(Row row, String column) {
        return Double.parseDouble(String.valueOf(row.cells().get(column)).replace(",", ""));
    }

    private static double growth(Row row) {
        return number(row, "KiB at 100 %") - number(row, "KiB at 10 %");
    }

    @Test
    void seesWhatCallsKeep() {
        List<byte[]> kept = new ArrayList<>();
        assertThat(growth(watch(kept::add))).isGreaterThan(0.8 * CALLS * BYTES / 1024);
        assertThat(kept).hasSize(CALLS);
        assertThat(growth(watch(bytes -> {}))).isLessThan(0.1 * CALLS * BYTES / 1024);
    }

    @Test
    void countsWhatACallAllocatesAlone() {
        Row row = watch(bytes -> assertThat(bytes.clone()).hasSize(BYTES));
        assertThat(number(row, "bytes a call to 100 %")).isBetween((double) BYTES, 1.9 * BYTES);
    }
}

package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.OngoingWork.Position;
import org.junit.jupiter.api.Test;

class WorkLineTest {
    private static final long SECOND = 1_000_000_000L;

    private final WorkLine line = new WorkLine("Writing training sequences");

    private String at(double seconds, Position position) {
        return line.at(line.start() + (long) (seconds * SECOND), position, 99);
    }

    @Test
    void tellsShareRateAndTimeLeft() {
        at(1, new Position(1, 0, 0));
        assertThat(at(11, new Position(1, 0.25, 5_000_000)))
                .startsWith("/ Writing training sequences  11s  [=====               ] 25%  500,000 rows/s  30s left ")
                .hasSize(99);
    }

    @Test
    void countsFromTheBeginningOfEachPart() {
        at(1, new Position(1, 0, 0));
        at(50, new Position(1, 0.9, 900));
        assertThat(at(60, new Position(2, 0.01, 0))).contains("1:00", " 1%").doesNotContain("left");
        assertThat(at(70, new Position(2, 0.51, 0))).contains("  9s left").doesNotContain("rows/s");
    }

    @Test
    void tellsTheTimeAloneWhereNothingElseIsKnown() {
        assertThat(at(3_700, null).strip()).isEqualTo("| Writing training sequences  1:01:40");
        assertThat(at(5, new Position(1, Double.NaN, 0)).strip()).isEqualTo("/ Writing training sequences  5s");
    }

    @Test
    void cutsTheNameWhereTheTerminalIsNarrow() {
        line.at(line.start() + SECOND, new Position(1, 0, 0), 50);
        String narrow = line.at(line.start() + 11 * SECOND, new Position(1, 0.5, 0), 50);
        assertThat(narrow).hasSize(50).contains("/ Writi").contains("50%").endsWith("10s left");
    }
}

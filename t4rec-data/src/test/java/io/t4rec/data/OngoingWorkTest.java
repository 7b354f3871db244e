package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OngoingWorkTest {
    @Test
    void tellsOfALongStatementHowFarItHasCome() throws InterruptedException {
        List<OngoingWork.Position> seen = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            database.execute("create temp table numbers as select range as i from range(2000000)");
            Thread worker = new Thread(() -> database.execute(
                    "create temp table hashes as select md5(md5(md5(md5(i::varchar)))) as h from numbers"));
            worker.start();
            while (worker.isAlive()) {
                OngoingWork.Position position = OngoingWork.of(worker);
                if (position != null && !Double.isNaN(position.share())) {
                    seen.add(position);
                }
                Thread.sleep(20);
            }
            assertThat(OngoingWork.of(worker)).as("nothing is left of it").isNull();
        }
        assertThat(seen).isNotEmpty();
        assertThat(seen).allSatisfy(position -> {
            assertThat(position.share()).isBetween(0.0, 1.0);
            assertThat(position.part()).isEqualTo(seen.get(0).part());
        });
        assertThat(seen.stream()
                        .mapToDouble(OngoingWork.Position::share)
                        .distinct()
                        .count())
                .as("it moves")
                .isGreaterThan(1);
    }

    @Test
    void showsTheInnermostWork() {
        Thread here = Thread.currentThread();
        try (OngoingWork.Shown outer = OngoingWork.show(() -> new OngoingWork.Position(1, 0.5, 7))) {
            try (OngoingWork.Shown inner = OngoingWork.show(() -> null)) {
                assertThat(OngoingWork.of(here)).isNull();
            }
            assertThat(OngoingWork.of(here)).isEqualTo(new OngoingWork.Position(1, 0.5, 7));
        }
        assertThat(OngoingWork.of(here)).isNull();
    }
}

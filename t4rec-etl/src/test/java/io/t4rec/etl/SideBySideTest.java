package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.DataException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SideBySideTest {
    @Test
    void piecesRunAtTheSameTime() {
        CountDownLatch all = new CountDownLatch(3);
        AtomicInteger sum = new AtomicInteger();
        SideBySide.run(3, piece -> {
            all.countDown();
            try {
                all.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            sum.addAndGet(piece);
        });
        assertThat(sum).hasValue(3);
    }

    @Test
    void aFailureIsThrownAfterTheOthersHaveEnded() {
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        assertThatThrownBy(() -> SideBySide.run(2, piece -> {
                    if (piece == 0) {
                        failed.countDown();
                        throw new DataException("piece 0");
                    }
                    try {
                        failed.await();
                        Thread.sleep(50);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    ended.incrementAndGet();
                }))
                .isInstanceOf(DataException.class)
                .hasMessage("piece 0");
        assertThat(ended).hasValue(1);
    }
}

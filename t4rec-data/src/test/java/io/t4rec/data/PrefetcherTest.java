package io.t4rec.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PrefetcherTest {
    /** Counts up to a last number, then ends or fails. */
    private static class Numbers implements Prefetcher.Source<Integer> {
        private final int last;
        private final @Nullable Throwable failure;
        final AtomicInteger made = new AtomicInteger();
        final CountDownLatch closed = new CountDownLatch(1);

        Numbers(int last, @Nullable Throwable failure) {
            this.last = last;
            this.failure = failure;
        }

        @Override
        public @Nullable Integer next() {
            if (made.get() == last) {
                if (failure instanceof Error error) {
                    throw error;
                }
                if (failure instanceof RuntimeException exception) {
                    throw exception;
                }
                return null;
            }
            return made.incrementAndGet();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void givesAllValuesInOrderThenNone() throws InterruptedException {
        Numbers numbers = new Numbers(100, null);
        Prefetcher<Integer> prefetcher = new Prefetcher<>("numbers", numbers);
        for (int i = 1; i <= 100; i++) {
            assertThat(prefetcher.take()).isEqualTo(i);
        }
        assertThat(prefetcher.take()).isNull();
        assertThat(prefetcher.take()).isNull();
        assertThat(numbers.closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void makesOneValueAheadAndNoFurther() throws InterruptedException {
        Numbers numbers = new Numbers(100, null);
        try (Prefetcher<Integer> prefetcher = new Prefetcher<>("numbers", numbers)) {
            assertThat(prefetcher.take()).isEqualTo(1);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (numbers.made.get() < 2 && System.nanoTime() < end) {
                Thread.sleep(1);
            }
            Thread.sleep(50); // time enough to go too far
            assertThat(numbers.made).hasValue(2);
        }
    }

    @Test
    void throwsWhatTheSourceThrewAfterTheValuesBefore() {
        for (Throwable failure : new Throwable[] {new IllegalStateException("broken"), new AssertionError("worse")}) {
            Prefetcher<Integer> prefetcher = new Prefetcher<>("numbers", new Numbers(1, failure));
            assertThat(prefetcher.take()).isEqualTo(1);
            assertThatThrownBy(prefetcher::take).isSameAs(failure);
            assertThatThrownBy(prefetcher::take).isSameAs(failure);
        }
    }

    @Test
    void closingStopsTheThreadAndClosesTheSource() {
        Numbers numbers = new Numbers(100, null);
        Prefetcher<Integer> prefetcher = new Prefetcher<>("numbers", numbers);
        assertThat(prefetcher.take()).isEqualTo(1);
        prefetcher.close();
        prefetcher.close();
        assertThat(prefetcher.isRunning()).isFalse();
        assertThat(numbers.closed.getCount()).isZero();
        assertThatThrownBy(prefetcher::take).isInstanceOf(CancellationException.class);
    }

    @Test
    void closingFromElsewhereReleasesAWaitingTaker() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        Prefetcher<Integer> prefetcher = new Prefetcher<>("sleeper", new Numbers(100, null) {
            @Override
            public Integer next() {
                asked.countDown();
                try {
                    Thread.sleep(60_000);
                    return 1;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException("interrupted");
                }
            }
        });
        asked.await();
        Thread closer = new Thread(prefetcher::close);
        closer.start();
        assertThatThrownBy(prefetcher::take).isInstanceOf(CancellationException.class);
        closer.join();
    }
}

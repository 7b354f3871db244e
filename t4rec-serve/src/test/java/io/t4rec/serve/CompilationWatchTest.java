package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompilationWatchTest {
    /** Answers of a watch after each period, given how long compilers had worked before the first and after each. */
    private static List<Boolean> answers(Long... compiledMillis) {
        Iterator<Long> totals = Arrays.asList(compiledMillis).iterator();
        CompilationWatch watch = new CompilationWatch(totals::next);
        return IntStream.range(1, compiledMillis.length)
                .mapToObj(period -> watch.isQuiet())
                .toList();
    }

    @Test
    void isQuietAfterTwoPeriodsOfLittleCompilation() {
        assertThat(answers(5_000L, 5_900L, 5_950L, 6_000L)).containsExactly(false, false, true);
    }

    @Test
    void aMomentOfRestIsNotTheEnd() {
        assertThat(answers(0L, 50L, 900L, 950L, 1_050L, 1_060L, 1_061L))
                .containsExactly(false, false, false, false, false, true);
    }

    @Test
    void thisMachineTellsHowLongItCompiles() {
        CompilationWatch watch = CompilationWatch.ofThisMachine();
        watch.isQuiet();
        watch.isQuiet();
        assertThat(watch.isQuiet()).as("nothing to speak of between two calls").isTrue();
    }
}

package io.t4rec.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Something to find out by measuring. Each part is measured in a process of its own, so that its memory and its compiled code are its own. */
interface Question {
    /** Its name on the command line. */
    String name();

    /** What is asked, in one sentence with all settings that matter. */
    String asks();

    /** What the answer should be. */
    String goal();

    /** What is measured apart, in order. */
    List<String> parts();

    /** Options of the Java machine that measures a part. */
    default List<String> javaOptions(String part) {
        return List.of("-Xmx1g");
    }

    /**
     * Measures a part. Called in a fresh process.
     *
     * @param part one of {@link #parts()}
     * @param progress hears what is being done
     */
    Measured measure(String part, BenchSettings settings, Consumer<String> progress) throws IOException;

    /**
     * What was measured, and the floor, if there is one, which is measured when the peak of memory has been read.
     *
     * @param rows the answer
     * @param floors adds to the rows what the hardware would allow
     */
    record Measured(List<Row> rows, Runnable floors) {
        static Measured of(List<Row> rows) {
            return new Measured(rows, () -> {});
        }
    }
}

package io.t4rec.data;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How events are divided into those to train on, to choose by ({@code valid}) and to report on ({@code test}). Works on an event file
 * as {@link EventImporter} writes it, with its {@code schema.pbtxt} beside it; writes files of the same form. Unless asked otherwise a
 * session stays whole: all its events lie in one part.
 */
public sealed interface Split {
    /**
     * Divides a file.
     *
     * @param events Parquet file with {@code session_id}, {@code item_id} and {@code time}
     * @param directory to write; an earlier split there is replaced as a whole, other things never are
     * @return what was written, and what to be careful of
     * @throws io.t4rec.schema.DataException for an absent or damaged file, a missing column, a null in one of the three, events that
     *     can't be divided in this way
     * @throws IOException when the disk refuses
     */
    Report write(Path events, Path directory) throws IOException;

    /**
     * The split with its usual settings.
     *
     * @param label {@code leave-one-out}; {@code time}, 80, 10 and 10 % of the sessions; {@code day} or {@code hour} windows
     * @throws ConfigException for an unknown name, suggesting the nearest
     */
    static Split of(String label) {
        Map<String, Split> known = new LinkedHashMap<>();
        known.put("leave-one-out", new LeaveOneOut());
        known.put("time", new GlobalTime(new Boundary.Shares(0.1, 0.1), true));
        known.put("day", Windows.of(Duration.ofDays(1)));
        known.put("hour", Windows.of(Duration.ofHours(1)));
        Split split = known.get(label);
        if (split == null) {
            throw new ConfigException(
                    "split: " + label + " (expected: " + Names.expectation(label, known.keySet()) + ")");
        }
        return split;
    }

    /**
     * A file that was written.
     *
     * @param file relative to the directory, such as {@code train.parquet} or {@code 0001/train.parquet}
     * @param firstTime microseconds since 1970; 0 when there is no event
     * @param lastTime microseconds since 1970; 0 when there is no event
     */
    record Part(String file, long events, long sessions, long firstTime, long lastTime) {}

    /**
     * What was written; kept in {@code split.json} too.
     *
     * @param parts in the order of time
     * @param warnings sentences for the user
     */
    record Report(List<Part> parts, List<String> warnings) {}

    /**
     * The last event of each session (or user) is the test target, the last but one the validation target. {@code train} holds the
     * events before both; {@code valid} ends with its target, {@code test} with the last event, and both hold the events before it as
     * history. Sessions of fewer than three events are trained on only. Events at the same time keep the order of the file.
     *
     * <p>It leaks time: other users' training events may be later than a user's test event. The report says how many are.
     */
    record LeaveOneOut() implements Split {
        @Override
        public Report write(Path events, Path directory) throws IOException {
            return SplitWriter.write(this, events, directory, writer -> {
                String session = EventImporter.SESSION;
                writer.derive("row_number() over (partition by " + session + " order by time desc, "
                        + SplitWriter.ROW + " desc) as __newest, count(*) over (partition by " + session
                        + ") as __count");
                long shorter = writer.number("select count(distinct session_id) from events where __count < 3");
                if (shorter > 0) {
                    writer.warn(shorter + " sessions of fewer than three events are trained on only");
                }
                writer.part("train.parquet", "__count < 3 or __newest > 2", "an event before the last two");
                writer.part("valid.parquet", "__count >= 3 and __newest > 1", "a session of three events or more");
                writer.part("test.parquet", "__count >= 3", "a session of three events or more");
                writer.warn(leak(writer));
            });
        }

        private static String leak(SplitWriter writer) {
            if (writer.isOrderOnly()) {
                return "leave-one-out leaks time: training may hold events that are later than another session's test event;"
                        + " how many can't be told, since the file knows the order of events only";
            }
            long tests = writer.number("select count(*) from events where __count >= 3 and __newest = 1");
            long early = writer.number("select count(*) from events where __count >= 3 and __newest = 1 and time <"
                    + " (select max(time) from events where __count < 3 or __newest > 2)");
            return "leave-one-out leaks time: " + early + " of " + tests
                    + " test events are older than the newest training event of another session; split by time to"
                    + " measure what a recommender will do tomorrow";
        }
    }

    /** Where validation and test begin. */
    sealed interface Boundary {
        /**
         * By number.
         *
         * @param valid share of the sessions (of the events, when sessions are torn), 0 for no validation part
         * @param test share, above 0; the two leave something to train on
         */
        record Shares(double valid, double test) implements Boundary {
            /** @throws ConfigException for shares out of range */
            public Shares {
                if (!(valid >= 0 && test > 0 && valid + test < 1)) {
                    throw new ConfigException(
                            "shares: " + valid + " and " + test + " (expected: >= 0 and > 0, together < 1)");
                }
            }
        }

        /**
         * By time before the last event, such as the last day.
         *
         * @param valid length of the validation part, 0 for none
         * @param test length of the test part, above 0
         */
        record Periods(Duration valid, Duration test) implements Boundary {
            /** @throws ConfigException for lengths out of range */
            public Periods {
                if (valid.isNegative() || test.isNegative() || test.isZero()) {
                    throw new ConfigException("periods: " + valid + " and " + test + " (expected: >= 0 and > 0)");
                }
            }
        }
    }

    /**
     * Trains on what was before a moment, validates and tests on what came after. A session belongs to where its last event lies, as in
     * session-rec: nothing that is trained on is later than anything that is tested.
     *
     * @param boundary where the parts begin; an event at the very moment belongs to the later part
     * @param wholeSessions true, or every event goes where its own time lies: for users whose history spans the boundary
     */
    record GlobalTime(Boundary boundary, boolean wholeSessions) implements Split {
        @Override
        public Report write(Path events, Path directory) throws IOException {
            return SplitWriter.write(this, events, directory, writer -> {
                writer.requireTimes();
                writer.derive((wholeSessions ? "max(time) over (partition by session_id)" : "time") + " as __end");
                String ends = wholeSessions
                        ? "(select any_value(__end) as __end from events group by session_id)"
                        : "(select __end from events)";
                long testFrom;
                long validFrom;
                if (boundary instanceof Boundary.Shares shares) {
                    testFrom = writer.quantile(ends, 1 - shares.test());
                    validFrom =
                            shares.valid() == 0 ? testFrom : writer.quantile(ends, 1 - shares.test() - shares.valid());
                } else {
                    Boundary.Periods periods = (Boundary.Periods) boundary;
                    testFrom = writer.number("select max(time) from events") - micros(periods.test());
                    validFrom = testFrom - micros(periods.valid());
                }
                String expected = "; choose other boundaries than " + boundary;
                writer.part("train.parquet", "__end < " + validFrom, "an event before validation" + expected);
                if (validFrom < testFrom) {
                    writer.part(
                            "valid.parquet",
                            "__end >= " + validFrom + " and __end < " + testFrom,
                            "an event before the test" + expected);
                }
                writer.part("test.parquet", "__end >= " + testFrom, "an event to test" + expected);
            });
        }
    }

    /**
     * Windows of equal length in folders {@code 0001}, {@code 0002}, ..., for training on each and evaluating on the next, as in the paper
     * on Transformers4Rec: {@code train} holds all sessions of the window, {@code valid} and {@code test} a half each, drawn by session.
     * Evaluate on a window before training on it. A session belongs to where its first event lies. Windows begin at whole days or hours
     * UTC; those without a session get no folder and no number.
     *
     * @param length of a window, above 0
     * @param seed of the draw of the halves
     * @param wholeSessions true, or every event goes where its own time lies
     */
    record Windows(Duration length, long seed, boolean wholeSessions) implements Split {
        private static final int MOST = 9_999;

        /** @throws ConfigException for a length of nothing */
        public Windows {
            if (length.isNegative() || micros(length) < 1) {
                throw new ConfigException("window length: " + length + " (expected: at least a microsecond)");
            }
        }

        /** Whole sessions, seed 1. */
        public static Windows of(Duration length) {
            return new Windows(length, 1, true);
        }

        @Override
        public Report write(Path events, Path directory) throws IOException {
            return SplitWriter.write(this, events, directory, writer -> {
                writer.requireTimes();
                long micros = micros(length);
                String time = wholeSessions ? "min(time) over (partition by session_id)" : "time";
                writer.derive(time + " as __start");
                writer.derive("(__start - ((__start % " + micros + ") + " + micros + ") % " + micros + ") as __window");
                List<Long> starts = writer.numbers("select distinct __window from events order by 1");
                if (starts.size() < 2 || starts.size() > MOST) {
                    throw writer.refused(starts.size() + " windows of " + length + " with events (expected: 2 to "
                            + MOST + "; choose another length)");
                }
                writer.halves(seed);
                for (int i = 0; i < starts.size(); i++) {
                    String folder = String.format("%04d/", i + 1);
                    String window = "__window = " + starts.get(i);
                    writer.part(folder + "train.parquet", window, "an event");
                    writer.part(folder + "valid.parquet", window + " and __half = 1", "an event");
                    if (writer.part(folder + "test.parquet", window + " and __half = 0", null)
                                    .events()
                            == 0) {
                        writer.warn("window " + folder + " holds one session, so its test.parquet is empty");
                    }
                }
                long empty = (starts.get(starts.size() - 1) - starts.get(0)) / micros + 1 - starts.size();
                if (empty > 0) {
                    writer.warn(empty + " windows hold no session and were left out of the numbering");
                }
            });
        }
    }

    private static long micros(Duration duration) {
        try {
            return Math.addExact(Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1_000);
        } catch (ArithmeticException e) {
            throw new ConfigException("duration: " + duration + " (expected: below 292,000 years)", e);
        }
    }
}

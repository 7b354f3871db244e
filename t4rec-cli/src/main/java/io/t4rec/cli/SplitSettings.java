package io.t4rec.cli;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe trains on, chooses by and tests. Files are named, or described by a pattern such as {@code *_test.txt} that one
 * file of the folder fits; where none does, one that is compressed, such as {@code a_test.txt.gz}.
 *
 * @param by {@code leave-one-out}: the last event of each user is the test target, the last but one the validation target; {@code
 *     time}: the last tenth of the sessions is the test, the tenth before it validation; {@code files}: given ones
 * @param events the one file that the first two divide
 * @param train file to train on
 * @param validation file to choose by; without it the last epoch is kept
 * @param test file to report on
 * @param full file with training and validation events, for {@code fit}; default: the two joined. With "full", t4rec train needs no file
 *     of the two
 * @param trainOnRest whether validation sessions that {@code evaluation.validationSample} does not draw are trained on; of
 *     leave-one-out their validation event. Default false
 * @param fit "best": train on the training part and keep the epoch that validation finds best; "refit": then train anew
 *     on both parts for as many epochs; "full": train on both for all epochs at once, without a choice. Default best
 */
record SplitSettings(
        String by,
        @Nullable String events,
        @Nullable String train,
        @Nullable String validation,
        @Nullable String test,
        @Nullable String full,
        boolean trainOnRest,
        String fit) {
    static final String FILES = "files";
    static final String LEAVE_ONE_OUT = "leave-one-out";
    static final String BEST = "best";
    static final String REFIT = "refit";
    static final String FULL = "full";

    private static final List<String> WAYS = List.of(LEAVE_ONE_OUT, "time", FILES);
    private static final List<String> FITS = List.of(BEST, REFIT, FULL);

    /** @throws ConfigException for unknown names, a file that is missing or has no use */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    SplitSettings {
        fit = fit == null ? BEST : fit;
        required("by", by);
        known("split.by", by, WAYS);
        known("split.fit", fit, FITS);
        Map<String, @Nullable String> given = new LinkedHashMap<>();
        given.put("train", train);
        given.put("test", test);
        given.put("validation", validation);
        given.put("full", full);
        if (by.equals(FILES)) {
            given.put("events", events);
            required("train", train);
            required("test", test);
            unused("events", events, "train and test, since split.by is files");
            if (validation == null && fit.equals(REFIT)) {
                throw new ConfigException("split.validation: absent (expected: a file, since split.fit is refit)");
            }
            if (fit.equals(BEST)) {
                unused("full", full, "split.fit: refit or full with it");
            }
        } else {
            required("events", events);
            given.forEach((key, file) -> unused(key, file, "events alone, since split.by is " + by));
        }
    }

    private static void known(String key, String value, List<String> known) {
        if (!known.contains(value)) {
            throw new ConfigException(key + ": " + value + " (expected: " + Names.expectation(value, known) + ")");
        }
    }

    private static void required(String key, @Nullable String file) {
        if (file == null || file.isBlank()) {
            throw new ConfigException("split." + key + ": absent (expected: "
                    + (key.equals("by") ? "one of " + WAYS : "the name of a file") + ")");
        }
    }

    private static void unused(String key, @Nullable String file, String expected) {
        if (file != null) {
            throw new ConfigException("split." + key + ": " + file + " (expected: " + expected + ")");
        }
    }

    SplitSettings withEvents(String file) {
        return new SplitSettings(by, file, train, validation, test, full, trainOnRest, fit);
    }

    boolean hasValidation() {
        return !by.equals(FILES) || validation != null;
    }

    /** Whether what is reported on is trained on {@code full} alone, so that only a choice needs the files of the two parts. */
    boolean fitsFullFile() {
        return full != null && isFit(FULL);
    }

    boolean isFit(String way) {
        return fit.equals(way);
    }
}

package io.t4rec.bench;

import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The process that measures one part of a question. Arguments: question, part, file of settings, file to write. */
public final class BenchProcess {
    private BenchProcess() {}

    /**
     * What the process found out.
     *
     * @param rows the answer, with peak memory and what others used of the machine
     * @param floors the machine in one line
     */
    record Outcome(List<Row> rows, String floors) {}

    public static void main(String[] args) throws IOException {
        Question question = Questions.of(args[0]);
        BenchSettings settings = ConfigFiles.readJson(Path.of(args[2]), BenchSettings.class);
        ProcessStatus.Ticks start = ProcessStatus.Ticks.now();
        Question.Measured measured = question.measure(args[1], settings, System.out::println);
        String others = ProcessStatus.Ticks.now().othersSince(start);
        String peak = ProcessStatus.peakMebibytes();
        measured.floors().run();
        measured.rows().forEach(row -> row.with("peak, MiB", peak).with("others, cores", others));
        ConfigFiles.writeJson(Path.of(args[3]), new Outcome(measured.rows(), Floors.describe(settings.workers())));
        System.exit(0); // whatever threads a library left
    }
}

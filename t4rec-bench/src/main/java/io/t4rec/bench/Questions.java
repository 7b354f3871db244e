package io.t4rec.bench;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.List;
import java.util.stream.Stream;

/** All questions, in the order in which they are measured. */
final class Questions {
    static final List<Question> ALL = Stream.concat(
                    Stream.of(
                            new TrainQuestion(),
                            new CatalogueQuestion(),
                            new EpochQuestion(),
                            new EvaluateQuestion(),
                            new RecommendQuestion(),
                            new ServeQuestion(),
                            new WorkflowQuestion(),
                            new MemoryQuestion(),
                            new ScaleQuestion(),
                            new LongQuestion(),
                            new PassesQuestion(),
                            new BodiesQuestion(),
                            new AblationQuestion(),
                            new QualityQuestion(),
                            new PairsQuestion(),
                            new FeaturesQuestion()),
                    MicroQuestion.all().stream())
            .toList();

    private Questions() {}

    static List<String> names() {
        return ALL.stream().map(Question::name).toList();
    }

    /** @throws ConfigException for an unknown name, suggesting the nearest */
    static Question of(String name) {
        return ALL.stream()
                .filter(question -> question.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "measurement: " + name + " (expected: " + Names.expectation(name, names()) + ")"));
    }
}

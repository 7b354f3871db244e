package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.BatchLoader;
import io.t4rec.data.Column;
import io.t4rec.data.SyntheticShop;
import io.t4rec.data.Table;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.model.Bundle;
import io.t4rec.model.ModelConfig;
import io.t4rec.model.RecommendOptions;
import io.t4rec.model.Recommendation;
import io.t4rec.model.Recommender;
import io.t4rec.model.SessionModel;
import io.t4rec.schema.Schema;
import io.t4rec.train.Trainer;
import io.t4rec.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeExampleTest {
    @Test
    void trainsAndRecommendsAsTheReadmeSays(@TempDir Path dir) throws IOException {
        new SyntheticShop(3_000, 100, 1, 1).write(dir);
        // README begin
        Path events = dir.resolve("events.parquet");
        Schema schema = Schema.read(dir.resolve("schema.pbtxt"));
        Workflow workflow = Workflow.fit(WorkflowConfig.sessions(schema, List.of(), 20, false), events, schema);
        Path sequences = dir.resolve("sequences.parquet");
        workflow.transform(events, sequences);

        SessionModel model = SessionModel.create(ModelConfig.defaults(), workflow.outputSchema(), 1);
        TrainingConfig training = TrainingConfig.defaults();
        try (BatchLoader loader = BatchLoader.open(List.of(sequences), workflow.outputSchema(), training.loading(20));
                Trainer trainer = new Trainer(model, training, loader, List.of())) {
            trainer.run(null, null);
        }
        Bundle.write(dir.resolve("bundle"), model, workflow, Map.of());

        Recommender recommender = Recommender.load(dir.resolve("bundle"));
        Table session =
                Table.of(Map.of("session_id", Column.of(1, 1), "item_id", Column.of(5, 7), "time", Column.of(0, 1)));
        List<Recommendation> found = recommender.recommend(session, 10, RecommendOptions.unseen());
        // README end
        assertThat(found).hasSize(1);
        assertThat(found.get(0).items())
                .hasSize(10)
                .noneMatch(item -> item.item().equals(5L));
    }

    @Test
    void readmeShowsTheCodeOfThisTest() throws IOException {
        String test = Files.readString(Path.of("src/test/java/io/t4rec/cli/ReadmeExampleTest.java"));
        String code = test.substring(
                        test.indexOf("// README begin") + "// README begin".length(),
                        test.indexOf("        // README end"))
                .stripIndent()
                .strip();
        assertThat(normal(Files.readString(Path.of("../README.md")))).contains(normal(code));
    }

    private static String normal(String text) {
        return text.replaceAll("\\s+", "");
    }
}

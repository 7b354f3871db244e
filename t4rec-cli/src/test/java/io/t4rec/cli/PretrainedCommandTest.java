package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.model.Bundle;
import io.t4rec.model.HuggingFaceDirectory;
import io.t4rec.model.TransformerRegistry;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.schema.io.AtomicFiles;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Safetensors;
import io.t4rec.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training from a Hugging Face directory on the command line. */
class PretrainedCommandTest extends CommandTest {
    private static final String WEIGHT = "encoder.layer.0.output.dense.weight";

    @TempDir
    Path folder;

    @Test
    void startsFromTheDirectoryAndWritesABundleThatDoesNotNeedIt() throws IOException {
        Path directory = folder.resolve("small-bert");
        BuildArguments arguments = new BuildArguments(16, 2, 1, 20, "gelu", 0.5, 1e-5, 0.1, 24);
        TransformerConfig config = TransformerRegistry.build("bert", arguments, Map.of());
        TransformerBody body = config.create(new Generator(7));
        HuggingFaceDirectory.write(directory, config, body);
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "200", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        assertThat(train(directory, "bert", "--set", "model.transformer.nLayer=4"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("transformer.nLayer: 4", "num_hidden_layers 1", "leave the argument out");
        assertThat(train(directory, "bert")).as(err.toString()).isZero();

        AtomicFiles.deleteTree(directory);
        float[] trained = Bundle.load(folder.resolve("run/bundle"))
                .model()
                .body()
                .state()
                .get(WEIGHT)
                .toFloats();
        float[] start = body.state().get(WEIGHT).toFloats();
        double moved = 0;
        for (int i = 0; i < start.length; i++) {
            moved = Math.max(moved, Math.abs(start[i] - trained[i]));
        }
        // fresh weights would differ by about the deviation, 0.5; a hundredth of that is what a few steps change
        assertThat(moved).isPositive().isLessThan(0.02);
    }

    @Test
    void tellsWhatIsWrongWithADirectory() throws IOException {
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "50", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        Path pickle = Files.createDirectory(folder.resolve("pickle"));
        Files.writeString(pickle.resolve("config.json"), "{\"model_type\": \"bert\"}");
        Files.writeString(pickle.resolve("pytorch_model.bin"), "x");
        assertThat(train(pickle, "bert")).isEqualTo(1);
        assertThat(err.toString())
                .contains("pytorch_model.bin: a pickle file")
                .contains("safe_serialization=True")
                .doesNotContain("\tat ");
        try (Scope scope = Scope.open()) {
            Files.delete(pickle.resolve("pytorch_model.bin"));
            try (var stream = Files.newOutputStream(pickle.resolve("model.safetensors"))) {
                new Safetensors(Map.of(), Map.of()).write(stream);
            }
        }
        assertThat(train(pickle, "bert")).isEqualTo(1);
        assertThat(err.toString()).contains("model.safetensors: ").doesNotContain("\tat ");
    }

    private int train(Path directory, String type, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                folder + "/data",
                "--output",
                folder + "/run",
                "--set",
                "training.epochs=1",
                "--set",
                "training.learningRate=0.0001",
                "--set",
                "model.masking={task: mlm, probability: 0.2}",
                "--set",
                "model.transformer.type=" + type,
                "--set",
                "model.transformer.pretrained=" + directory));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }
}

package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.tensor.Npy;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with vectors of a file. */
class VectorFilesTest extends CommandTest {
    @TempDir
    Path folder;

    private void writeVectors(double value) throws IOException {
        try (Scope scope = Scope.open();
                OutputStream out = Files.newOutputStream(folder.resolve("vectors.npy"))) {
            Npy.write(Tensors.full(value, 100, 4), out);
        }
    }

    private int train(int epochs) {
        return run(
                "train",
                folder + "/data",
                "--output",
                folder + "/run",
                "--set",
                "training.epochs=" + epochs,
                "--set",
                "model.input.projection=true",
                "--set",
                "model.input.pretrained={text: {matrix: {file: " + folder + "/vectors.npy, ids: raw}}}");
    }

    @Test
    void goesOnOnlyWithTheSameVectors() throws IOException {
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "100", "--items", "60"))
                .as(err.toString())
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .as(err.toString())
                .isZero();
        writeVectors(1);
        assertThat(train(1)).as(err.toString()).isZero();
        assertThat(folder.resolve("run/bundle/pretrained/text.npy")).exists();
        assertThat(train(2)).as(err.toString()).isZero();
        writeVectors(2);
        assertThat(train(3)).isEqualTo(2);
        assertThat(err.toString()).contains("the run was started with other settings: vectors.");
        Files.delete(folder.resolve("vectors.npy"));
        assertThat(train(3)).isNotZero();
    }

    @Test
    void saysThatTheFileIsAbsent() throws IOException {
        assertThat(run("generate", "--output", folder + "/shop", "--sessions", "100", "--items", "60"))
                .isZero();
        assertThat(run("prepare", folder + "/shop/events.parquet", "--output", folder + "/data"))
                .isZero();
        assertThat(train(1)).isEqualTo(1);
        assertThat(err.toString())
                .contains("pretrained.text: file " + folder + "/vectors.npy (expected: an existing .npy or .parquet");
    }
}

package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.schema.config.ConfigFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "quickstart",
                "import",
                "generate",
                "prepare",
                "extend",
                "decode",
                "stats",
                "train",
                "evaluate",
                "recommend",
                "serve",
                "inspect",
                "bench",
                "split",
                "incremental",
                "tune"
            })
    void everyCommandShowsExamplesDefaultsAndExitCodes(String command) {
        String help = help(command, "--help");
        assertThat(help)
                .contains("Examples:\n  t4rec " + command)
                .contains("Exit codes:")
                .doesNotContain("=<")
                .doesNotContain("${");
        assertThat(help("--help")).contains("\n  " + command);
    }

    @Test
    void theSettingsThatTheHelpShowsAreAnExperimentFile(@TempDir Path folder) throws IOException {
        String help = help("train", "--help");
        String yaml = help.substring(help.indexOf("defaults:\n") + "defaults:\n".length());
        Path file = Files.writeString(folder.resolve("experiment.yaml"), yaml.stripIndent());
        assertThat(Experiment.forSyntheticShop().with(file, Map.of())).isEqualTo(Experiment.defaults());
    }

    @Test
    void theSettingsThatAReportShowsAreAnExperimentFile(@TempDir Path folder) throws IOException {
        Experiment shop = Experiment.forSyntheticShop();
        Path file = Files.writeString(folder.resolve("experiment.yaml"), ConfigFiles.toYaml(shop));
        assertThat(Experiment.defaults().with(file, Map.of())).isEqualTo(shop);
    }

    private static String help(String... arguments) {
        StringWriter out = new StringWriter();
        assertThat(Main.run(arguments, new PrintWriter(out, true), new PrintWriter(new StringWriter())))
                .isZero();
        return out.toString();
    }
}

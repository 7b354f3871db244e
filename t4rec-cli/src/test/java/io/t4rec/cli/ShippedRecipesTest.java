package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedRecipesTest {
    private static final Path FOLDER = Path.of("..", "recipes");

    static List<Path> recipes() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void areRecipesWithAFigureToCompareWith(Path file) throws IOException {
        Recipe recipe = Recipe.read(file, Map.of());
        assertThat(recipe.target()).as(file.toString()).isNotEmpty();
        assertThat(recipe.measuredOn()).as("others run it on data of their own").isNotNull();
    }
}

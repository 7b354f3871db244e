package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GeneratorTest {
    @Test
    void repeatsItsStreamFromASavedState() {
        try (Scope scope = Scope.open()) {
            Generator generator = new Generator(3);
            draw(generator);
            byte[] state = generator.state();
            float[] first = draw(generator);
            Generator other = new Generator(99);
            other.setState(state);
            assertThat(draw(other)).containsExactly(first);
        }
    }

    @Test
    void dependsOnTheSeedAlone() {
        try (Scope scope = Scope.open()) {
            assertThat(draw(new Generator(5))).containsExactly(draw(new Generator(5)));
            assertThat(draw(new Generator(5))).isNotEqualTo(draw(new Generator(6)));
        }
    }

    private static float[] draw(Generator generator) {
        return Tensors.zeros(16).normalInPlace(0, 1, generator).toFloats();
    }
}

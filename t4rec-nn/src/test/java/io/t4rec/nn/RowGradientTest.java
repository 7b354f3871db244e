package io.t4rec.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensors;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RowGradientTest {
    @Test
    void outlivesTheScopeItWasMadeInAndIsReplaced() {
        Parameter parameter;
        try (Scope scope = Scope.open()) {
            parameter = new Parameter(Tensors.zeros(9, 2), true);
            try (Scope step = Scope.open()) {
                parameter.setRowGradient(
                        new RowGradient(Tensors.of(new long[] {1}), Tensors.of(new float[] {1, 2}, 1, 2)));
                parameter.setRowGradient(
                        new RowGradient(Tensors.of(new long[] {3, 7}), Tensors.of(new float[] {1, 2, 3, 4}, 2, 2)));
            }
        }
        RowGradient gradient = Objects.requireNonNull(parameter.rowGradient());
        assertThat(gradient.rows().toLongs()).containsExactly(3, 7);
        assertThat(gradient.values().toFloats()).containsExactly(1, 2, 3, 4);
        parameter.setRowGradient(null);
        assertThat(parameter.rowGradient()).isNull();
    }

    @Test
    void refusesRowsAndValuesThatDontFit() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> new RowGradient(Tensors.of(new long[] {1}), Tensors.zeros(2, 3)))
                    .hasMessageContaining("INT64[1]")
                    .hasMessageContaining("[2, 3]");
            assertThatThrownBy(() -> new RowGradient(Tensors.zeros(DataType.FLOAT32, 2), Tensors.zeros(2, 3)))
                    .hasMessageContaining("FLOAT32[2]");
        }
    }
}

package io.t4rec.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScopeTest {
    @Test
    void keepsWhatIsNamedAndFreesTheRest() {
        Tensor kept;
        Tensor freed;
        try (Scope scope = Scope.open()) {
            freed = Tensors.ones(4);
            kept = scope.keep(freed.add(1));
        }
        assertFreed(freed);
        assertThat(kept.toFloats()).containsExactly(2, 2, 2, 2);
        kept.release();
    }

    @Test
    void handsKeptTensorsToTheEnclosingScope() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                kept = inner.keep(Tensors.ones(2));
            }
            assertThat(kept.toFloats()).containsExactly(1, 1);
        }
        assertFreed(kept);
    }

    @Test
    void leavesUnscopedTensorsAliveThroughAllScopes() {
        Tensor parameter;
        try (Scope outer = Scope.open()) {
            try (Scope inner = Scope.open()) {
                parameter = Scope.unscoped(Tensors.ones(2));
            }
        }
        assertThat(parameter.toFloats()).containsExactly(1, 1);
        parameter.release();
    }

    @Test
    void saysThatReleasedTensorsMustNotBeUsed() {
        try (Scope scope = Scope.open()) {
            Tensor released = Scope.unscoped(Tensors.ones(2));
            released.release();
            released.release();
            assertFreed(released);
            Tensor other = Tensors.ones(2);
            assertThatThrownBy(() -> other.add(released)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> released.add(other)).isInstanceOf(IllegalStateException.class);
        }
    }

    private static void assertFreed(Tensor tensor) {
        assertThatThrownBy(tensor::shape)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("its memory was freed (expected: no use after release()");
    }

    @Test
    void refusesToCloseOutOfOrder() {
        Scope outer = Scope.open();
        Scope inner = Scope.open();
        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class);
        inner.close();
        outer.close();
    }

    @Test
    void holdsResidentMemoryFlatOverManySteps() {
        Tensor weight = Scope.unscoped(Tensors.ones(256, 256).requireGradient(true));
        long before = 0;
        for (int step = 0; step < 300; step++) {
            try (Scope scope = Scope.open()) {
                Tensors.ones(512, 256).matmul(weight).tanh().sum().backward();
                weight.setGradient(null);
            }
            if (step == 99) {
                before = Native.residentBytes();
            }
        }
        long grown = Native.residentBytes() - before;
        // 200 steps of 1 MB each would show as 200 MB
        assertThat(grown).isLessThan(60L << 20);
        weight.release();
    }
}

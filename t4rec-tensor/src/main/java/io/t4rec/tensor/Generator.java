package io.t4rec.tensor;

import java.util.Objects;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Seeded source of random numbers on the CPU (Mersenne Twister, as PyTorch's). Not thread-safe: one per worker. Its state can
 * be saved and restored bit by bit.
 */
public final class Generator {
    private final org.bytedeco.pytorch.Generator generator;
    private final GeneratorOptional optional;

    /** @param seed any value; equal seeds give equal streams */
    public Generator(long seed) {
        Native.load();
        try (Scope scope = Scope.open()) {
            generator = torch.make_generator_cpu(seed);
            optional = new GeneratorOptional(generator);
            generator.retainReference();
            optional.retainReference();
        }
    }

    /** The whole state, to be given to {@link #setState} later. */
    public byte[] state() {
        try (Scope scope = Scope.open()) {
            return new Tensor(generator.get_state()).toBytes();
        }
    }

    /** Continues from a state that {@link #state} returned. */
    public void setState(byte[] state) {
        Objects.requireNonNull(state, "state");
        try (Scope scope = Scope.open()) {
            generator.set_state(
                    Tensors.ofBytes(state, DataType.UINT8, state.length).pointer());
        }
    }

    /** 63 random bits. */
    long nextLong() {
        try (Scope scope = Scope.open();
                Autograd off = Autograd.disabled()) {
            Tensor drawn = Tensors.empty(DataType.INT64, 1);
            drawn.pointer().random_(optional);
            return drawn.itemLong();
        }
    }

    GeneratorOptional optional() {
        return optional;
    }
}

package io.t4rec.nn.block;

import io.t4rec.nn.Pass;
import io.t4rec.nn.layer.Activation;
import io.t4rec.nn.layer.LayerNorm;
import io.t4rec.nn.layer.Linear;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.Arrays;

/** The usual blocks. */
public final class Blocks {
    private static final double NORM_EPSILON = 1e-5;

    private Blocks() {}

    /**
     * An affine layer with PyTorch's default weights.
     *
     * @param out width it gives, at least 1
     */
    public static BlockSpec linear(int out) {
        return new LinearSpec(0, out);
    }

    /**
     * An affine layer that takes one width alone.
     *
     * @param in width it takes, at least 1
     * @param out width it gives, at least 1
     */
    public static BlockSpec linear(int in, int out) {
        checkWidth(in);
        return new LinearSpec(in, out);
    }

    /** Affine layers, each with ReLU. */
    public static BlockSpec mlp(int... dimensions) {
        return MlpConfig.of(Arrays.stream(dimensions).boxed().toList());
    }

    /** Normalises each vector (Ba et al. 2016). */
    public static BlockSpec layerNorm() {
        return new NormSpec();
    }

    /** A non-linearity by its Hugging Face name, see {@link Activation}. */
    public static BlockSpec activation(String name) {
        Activation activation = Activation.of(name);
        return new PlainSpec(name, (x, pass) -> activation.apply(x));
    }

    /**
     * Dropout while training.
     *
     * @param probability that an element becomes 0; from 0 to below 1
     */
    public static BlockSpec dropout(double probability) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout: " + probability + " (expected: 0 <= probability < 1)");
        }
        return new PlainSpec("dropout(" + probability + ")", (x, pass) -> pass.dropout(x, probability));
    }

    /** Adds what goes in to what comes out of a block, which must keep the width. */
    public static BlockSpec residual(BlockSpec inner) {
        return new ResidualSpec(inner);
    }

    static void checkWidth(int width) {
        if (width < 1) {
            throw new IllegalArgumentException("width: " + width + " (expected: >= 1)");
        }
    }

    /** A part that has no weights and keeps the width. */
    private interface Function {
        Tensor apply(Tensor input, Pass pass);
    }

    private record PlainSpec(String name, Function function) implements BlockSpec {
        @Override
        public int outputWidth(int inputWidth) {
            return inputWidth;
        }

        @Override
        public Block create(int inputWidth, Generator generator) {
            return new Made(inputWidth, function);
        }
    }

    /** @param in the only width it takes; 0 for any */
    private record LinearSpec(int in, int out) implements BlockSpec {
        LinearSpec {
            checkWidth(out);
        }

        @Override
        public String name() {
            return "linear(" + (in == 0 ? "" : in + ", ") + out + ")";
        }

        @Override
        public int outputWidth(int inputWidth) {
            if (in != 0 && inputWidth != in) {
                throw new IllegalArgumentException("input width: " + inputWidth + " (expected: " + in + ")");
            }
            return out;
        }

        @Override
        public Block create(int inputWidth, Generator generator) {
            Linear layer = Linear.fanIn(inputWidth, outputWidth(inputWidth), true, generator);
            return new Made(out, (x, pass) -> layer.forward(x), layer);
        }
    }

    private record NormSpec() implements BlockSpec {
        @Override
        public String name() {
            return "layer-norm";
        }

        @Override
        public int outputWidth(int inputWidth) {
            return inputWidth;
        }

        @Override
        public Block create(int inputWidth, Generator generator) {
            LayerNorm norm = new LayerNorm(inputWidth, NORM_EPSILON);
            return new Made(inputWidth, (x, pass) -> norm.forward(x), norm);
        }
    }

    private record ResidualSpec(BlockSpec inner) implements BlockSpec {
        @Override
        public String name() {
            return "residual(" + inner.name() + ")";
        }

        @Override
        public int outputWidth(int inputWidth) {
            int width = inner.outputWidth(inputWidth);
            if (width != inputWidth) {
                throw new IllegalArgumentException("inner width: " + width + " (expected: " + inputWidth
                        + ", that of its input, since both are added)");
            }
            return width;
        }

        @Override
        public Block create(int inputWidth, Generator generator) {
            outputWidth(inputWidth);
            Block block = inner.create(inputWidth, generator);
            return new Made(inputWidth, (x, pass) -> x.add(block.forward(x, pass)), block);
        }
    }

    /** A block with at most one part that has weights. */
    private static final class Made extends Block {
        private final int width;
        private final Function function;

        Made(int width, Function function, io.t4rec.nn.Module... parts) {
            this.width = width;
            this.function = function;
            for (io.t4rec.nn.Module part : parts) {
                child("inner", part);
            }
        }

        @Override
        public int outputWidth() {
            return width;
        }

        @Override
        public Tensor forward(Tensor input, Pass pass) {
            return function.apply(input, pass);
        }
    }
}

package io.t4rec.nn.block;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Blocks one after another. */
record Chain(List<BlockSpec> parts) implements BlockSpec {
    static Chain of(BlockSpec first, BlockSpec next) {
        List<BlockSpec> parts = new ArrayList<>();
        for (BlockSpec part : List.of(first, next)) {
            parts.addAll(part instanceof Chain chain ? chain.parts : List.of(part));
        }
        return new Chain(List.copyOf(parts));
    }

    @Override
    public String name() {
        return parts.stream().map(BlockSpec::name).collect(Collectors.joining(" then "));
    }

    @Override
    public int outputWidth(int inputWidth) {
        int width = inputWidth;
        for (int i = 0; i < parts.size(); i++) {
            width = widthAfter(i, width);
        }
        return width;
    }

    private int widthAfter(int number, int width) {
        BlockSpec part = parts.get(number);
        try {
            return part.outputWidth(width);
        } catch (IllegalArgumentException e) {
            String before = number == 0
                    ? ""
                    : "; block " + number + ", " + parts.get(number - 1).name() + ", gives " + width;
            throw new IllegalArgumentException(
                    "block " + (number + 1) + " of " + parts.size() + ", " + part.name() + ": " + e.getMessage()
                            + before,
                    e);
        }
    }

    @Override
    public Block create(int inputWidth, Generator generator) {
        outputWidth(inputWidth); // all widths before any weight
        List<Block> blocks = new ArrayList<>();
        int width = inputWidth;
        for (BlockSpec part : parts) {
            Block block = part.create(width, generator);
            blocks.add(block);
            width = block.outputWidth();
        }
        return new Chained(blocks);
    }

    /** The made blocks, which are the children {@code 0}, {@code 1} and so on. */
    private static final class Chained extends Block {
        private final List<Block> blocks;

        Chained(List<Block> blocks) {
            this.blocks = List.copyOf(blocks);
            for (int i = 0; i < blocks.size(); i++) {
                child(String.valueOf(i), blocks.get(i));
            }
        }

        @Override
        public int outputWidth() {
            return blocks.get(blocks.size() - 1).outputWidth();
        }

        @Override
        public Tensor forward(Tensor input, Pass pass) {
            Tensor x = input;
            for (Block block : blocks) {
                x = block.forward(x, pass);
            }
            return x;
        }
    }
}

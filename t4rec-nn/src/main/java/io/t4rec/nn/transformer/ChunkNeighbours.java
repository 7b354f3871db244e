package io.t4rec.nn.transformer;

import io.t4rec.tensor.Device;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/**
 * Which chunks a chunk of a sequence attends to: some before it, itself, some after it, in a circle (Kitaev et al. 2020). The circle
 * is closed where a row's real positions end, not where its padding does, so that padding changes nothing; the original closes it
 * behind the padding.
 *
 * <p>Several rounds, in each of which the whole sequence lies in another order, follow one another in the same circle.
 */
final class ChunkNeighbours {
    private final int chunks;
    private final int rounds;
    private final int heads;
    private final int[] rowChunks;
    private final int before;
    private final int after;
    private final Device device;

    /**
     * @param lengths real positions of each row; they come first in each round
     * @param size positions of a chunk
     * @param chunks of each round
     * @param before chunks looked at before the own
     * @param after chunks looked at after the own
     */
    ChunkNeighbours(long[] lengths, int size, int chunks, int rounds, int before, int after, int heads, Device device) {
        this.chunks = chunks;
        this.rounds = rounds;
        this.heads = heads;
        this.before = before;
        this.after = after;
        this.device = device;
        rowChunks = new int[lengths.length];
        for (int row = 0; row < lengths.length; row++) {
            rowChunks[row] = (int) Math.max(1, (lengths[row] + size - 1) / size);
        }
    }

    /** {@code [B, H, rounds * chunks, size, ...]} to {@code [B, H, rounds * chunks, (before + 1 + after) * size, ...]}. */
    Tensor around(Tensor x) {
        List<Tensor> parts = new ArrayList<>();
        for (int offset = -before; offset <= after; offset++) {
            parts.add(offset == 0 ? x : at(x, offset));
        }
        return parts.size() == 1 ? x : Tensors.concat(3, parts);
    }

    /** As rows of a table: their gradients are added up row by row, which is far quicker than for slices of any shape. */
    private Tensor at(Tensor x, int offset) {
        return x.flatten(0, 2)
                .flatten(1, -1)
                .embedding(indices(offset).to(device), -1)
                .reshape(x.shape());
    }

    private Tensor indices(int offset) {
        int total = rounds * chunks;
        long[] indices = new long[rowChunks.length * heads * total];
        int at = 0;
        for (int row = 0; row < rowChunks.length; row++) {
            for (int head = 0; head < heads; head++) {
                long start = ((long) row * heads + head) * total;
                for (int chunk = 0; chunk < total; chunk++) {
                    indices[at++] = start + neighbour(chunk, offset, rowChunks[row]);
                }
            }
        }
        return Tensors.of(indices);
    }

    private int neighbour(int chunk, int offset, int real) {
        int place = chunk % chunks;
        if (place >= real) {
            return Math.floorMod(chunk + offset, rounds * chunks); // nothing but padding
        }
        int inCircle = Math.floorMod(chunk / chunks * real + place + offset, rounds * real);
        return inCircle / real * chunks + inCircle % real;
    }
}

package io.t4rec.nn.transformer;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/**
 * Positions of each round sorted by bucket, those of one bucket as they were. B batch, H heads, R rounds, L length.
 *
 * @param rounds R
 * @param places INT64 {@code [B, H, R * L]}, the place in the sequence of what stands there
 * @param buckets INT64 {@code [B, H, R * L]}, its bucket, told apart between rounds
 * @param from INT64 {@code [B * H * R * L]}, rows of {@code [B * H * L]} vectors that stand there
 * @param back INT64 {@code [B * H * R * L]}, rows of the sorted ones in the order of rounds and places
 */
record LshOrder(long rounds, Tensor places, Tensor buckets, Tensor from, Tensor back) {
    /** @param buckets INT64 {@code [B, H, R, L]} */
    static LshOrder of(Tensor buckets) {
        try (Autograd off = Autograd.disabled()) {
            long length = buckets.size(3);
            long rounds = buckets.size(2);
            long heads = buckets.size(0) * buckets.size(1); // of all rows
            Tensor range = Tensors.range(0, length).to(buckets.device());
            Tensor places = buckets.mul(length).add(range).argSort(-1); // (B, H, R, L); no two keys are equal
            Tensor undone = places.argSort(-1);
            Tensor round = Tensors.range(0, rounds).to(buckets.device()).unsqueeze(-1); // (R, 1)
            Tensor head =
                    Tensors.range(0, heads).to(buckets.device()).reshape(buckets.size(0), -1, 1, 1); // (B, H, 1, 1)
            Tensor apart = buckets.gather(3, places).mul(rounds).add(round); // (B, H, R, L)
            return new LshOrder(
                    rounds,
                    places.flatten(2, 3),
                    apart.flatten(2, 3),
                    places.add(head.mul(length)).flatten(0, 3),
                    undone.add(head.mul(rounds).add(round).mul(length)).flatten(0, 3));
        }
    }

    /** {@code [B, H, L, d]} to {@code [B, H, R * L, d]}. */
    Tensor sort(Tensor x) {
        return x.flatten(0, 2).embedding(from, -1).unflatten(0, x.size(0), x.size(1), x.size(2) * rounds);
    }

    /** {@code [B, H, R * L, d]} to {@code [B, H, R, L, d]}. */
    Tensor unsort(Tensor x) {
        return x.flatten(0, 2).embedding(back, -1).unflatten(0, x.size(0), x.size(1), rounds, x.size(2) / rounds);
    }
}

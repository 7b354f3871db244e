package io.t4rec.model.input;

import io.t4rec.nn.Pass;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;

/** Stochastic swap noise (Transformers4Rec): while training, some ids are replaced by others drawn from the same batch. */
final class SwapNoise {
    private SwapNoise() {}

    /** @param ids {@code [B, L]}; padding stays padding */
    static Tensor apply(Tensor ids, double probability, Pass pass) {
        Generator generator = pass.generator();
        if (generator == null || probability == 0) {
            return ids;
        }
        Tensor real = ids.ne(0);
        Tensor pool = ids.maskedSelect(real); // (n)
        if (pool.elements() == 0) {
            return ids;
        }
        Tensor draws = Tensors.zeros(ids.shape())
                .uniformInPlace(0, pool.elements(), generator)
                .to(DataType.INT64)
                .to(ids.device());
        Tensor others = pool.indexSelect(0, draws.flatten(0, 1).clamp(0, pool.elements() - 1))
                .reshape(ids.shape());
        Tensor swap = Tensors.zeros(ids.shape())
                .bernoulliInPlace(probability, generator)
                .ne(0)
                .to(ids.device())
                .and(real);
        return others.where(swap, ids);
    }
}

package io.t4rec.nn.loss;

import io.t4rec.nn.LocalRows;
import io.t4rec.nn.sampling.Negatives;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A loss that compares each target with the same drawn negatives: one matrix product gives all scores, in chunks of rows. The catalogue
 * beyond targets and negatives is never touched. A negative that is a row's target doesn't count in that row.
 */
public final class SampledLoss implements ItemLoss {
    /** Scores of a chunk: several passes over them should find them in the cache. */
    private static final long CHUNK_ELEMENTS = 1 << 20;

    private final SampledObjective objective;
    private final double temperature;
    private final float @Nullable [] classWeights;
    private final ScoreBuffer scores = new ScoreBuffer(CHUNK_ELEMENTS);
    private final ScoreBuffer scratch = new ScoreBuffer(CHUNK_ELEMENTS);

    private SampledLoss(SampledObjective objective, double temperature, float @Nullable [] classWeights) {
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("temperature: " + temperature + " (expected: a finite number > 0)");
        }
        this.objective = objective;
        this.temperature = temperature;
        this.classWeights = classWeights == null ? null : classWeights.clone();
    }

    /**
     * Softmax over target and negatives, all scores corrected by {@code -log q}, q how likely an item was to be drawn (Bengio and Senécal
     * 2008). Scores are divided by the temperature before the correction, as a sample of the full softmax demands; Transformers4Rec divides
     * the corrected ones.
     *
     * @param classWeights by id, factors of each target's loss; null for 1; also below
     */
    public static SampledLoss softmax(double temperature, float @Nullable [] classWeights) {
        return new SampledLoss(new SampledSoftmax(), temperature, classWeights);
    }

    /** Mean binary cross-entropy of target and negatives (Kang and McAuley 2018). */
    public static SampledLoss binaryCrossEntropy(double temperature, float @Nullable [] classWeights) {
        return new SampledLoss(new BinaryCrossEntropy(1), temperature, classWeights);
    }

    /**
     * Binary cross-entropy with the target's probability to the power of {@code beta = rate (t (1 - 1 / rate) + 1 / rate)} (gSASRec, Petrov
     * and Macdonald 2023).
     *
     * @param calibration t, 0 to 1: 0 is plain binary cross-entropy, 1 gives calibrated probabilities
     * @param samplingRate share of the items other than the target that are drawn, uniformly; above 0
     */
    public static SampledLoss calibratedBinaryCrossEntropy(
            double calibration, double samplingRate, double temperature, float @Nullable [] classWeights) {
        return new SampledLoss(BinaryCrossEntropy.calibrated(calibration, samplingRate), temperature, classWeights);
    }

    /** Mean of {@code -log sigmoid(s - s_j)} (Rendle et al. 2009). */
    public static SampledLoss bpr(double temperature, float @Nullable [] classWeights) {
        return new SampledLoss(new Bpr(), temperature, classWeights);
    }

    /**
     * BPR with negatives weighted by their softmax (Hidasi and Karatzoglou 2018).
     *
     * @param regularization factor of the weighted squares of the negatives' scores; from 0
     */
    public static SampledLoss bprMax(double regularization, double temperature, float @Nullable [] classWeights) {
        return new SampledLoss(new BprMax(regularization), temperature, classWeights);
    }

    /** TOP1 with negatives weighted by their softmax (Hidasi and Karatzoglou 2018). */
    public static SampledLoss top1Max(double temperature, float @Nullable [] classWeights) {
        return new SampledLoss(new Top1Max(), temperature, classWeights);
    }

    /** What stays the same for all chunks of a call. */
    private record Batch(
            Tensor hidden,
            Tensor targets,
            Tensor targetRows,
            Tensor negativeRows,
            @Nullable Tensor logTargets,
            @Nullable Tensor logNegatives,
            Tensor rowWeights,
            int[] hits,
            Tensor targetGradient,
            Tensor negativeGradient) {}

    /**
     * Computes loss and gradients.
     *
     * @param hidden {@code [n, d]}; its history is not touched: hand the gradient to {@code hidden.backward}
     * @param table rows of the output layer, targets and negatives among them; the gradient is added to {@link LocalRows#gradient}
     * @param targets ids, {@code [n]}
     * @param negatives drawn for the whole batch; without any the loss is 0
     * @param denominator what the summed loss is divided by, usually the number of targets in the whole batch
     */
    public Result lossAndGradients(
            Tensor hidden, LocalRows table, long[] targets, Negatives negatives, double denominator) {
        try (Autograd off = Autograd.disabled()) {
            Tensor rows = hidden.detach();
            Tensor gradient = Tensors.zerosLike(rows);
            if (negatives.count() == 0) {
                return new Result(0, gradient);
            }
            Tensor wanted = table.numbers(targets);
            Tensor drawn = table.numbers(negatives.items());
            Tensor values = table.values().detach();
            Tensor negativeRows = values.indexSelect(0, drawn); // (K, d)
            Batch batch = new Batch(
                    rows,
                    wanted,
                    values.indexSelect(0, wanted),
                    negativeRows,
                    objective.correctsForSampling() ? like(rows, negatives.logInclusion(targets)) : null,
                    objective.correctsForSampling() ? like(rows, negatives.logInclusion(negatives.items())) : null,
                    rowWeights(rows, targets),
                    negatives.hits(targets),
                    table.gradient(),
                    Tensors.zerosLike(negativeRows));
            double lossSum = chunks(batch, gradient, 1 / (denominator * temperature));
            table.gradient().indexAddInPlace(0, drawn, batch.negativeGradient);
            return new Result(lossSum, gradient);
        }
    }

    private static Tensor like(Tensor tensor, float[] values) {
        return Tensors.of(values).to(tensor.device());
    }

    /** Weight of each row; 0 where nothing is left to compare the target with. */
    private Tensor rowWeights(Tensor like, long[] targets) {
        float[] weights = new float[targets.length];
        Arrays.fill(weights, 1);
        if (classWeights != null) {
            for (int i = 0; i < targets.length; i++) {
                weights[i] = classWeights[(int) targets[i]];
            }
        }
        return like(like, weights);
    }

    private double chunks(Batch batch, Tensor gradient, double factor) {
        long n = batch.hidden.size(0);
        long k = batch.negativeRows.size(0);
        Tensor negatives = scores.chunk(n, k, batch.hidden);
        Tensor spare = scratch.chunk(n, k, batch.hidden);
        double lossSum = 0;
        for (long start = 0; start < n; start += negatives.size(0)) {
            try (Scope chunk = Scope.open()) {
                long count = Math.min(negatives.size(0), n - start);
                lossSum += chunk(
                        batch,
                        start,
                        negatives.narrow(0, 0, count),
                        spare.narrow(0, 0, count),
                        gradient.narrow(0, start, count),
                        factor);
            }
        }
        return lossSum;
    }

    private double chunk(Batch batch, long start, Tensor negatives, Tensor spare, Tensor gradient, double factor) {
        long count = negatives.size(0);
        Tensor hidden = batch.hidden.narrow(0, start, count); // (c, d)
        Tensor own = batch.targetRows.narrow(0, start, count); // (c, d)
        Tensor scaled = temperature == 1 ? hidden : hidden.mul(1 / temperature);
        Tensor targets = scaled.mul(own).sum(1, false); // (c)
        negatives.matmulInto(scaled, batch.negativeRows.transpose(0, 1)); // (c, K)
        if (batch.logTargets != null && batch.logNegatives != null) {
            targets.subInPlace(batch.logTargets.narrow(0, start, count));
            negatives.subInPlace(batch.logNegatives);
        }
        Tensor counts = hide(negatives, batch.hits, (int) start);
        Tensor weights =
                batch.rowWeights.narrow(0, start, count).mul(counts.gt(0).to(DataType.FLOAT32)); // (c)
        SampledScores.Gradient result = objective.lossAndGradient(
                new SampledScores(targets, negatives, spare, counts.clamp(1, Integer.MAX_VALUE)));
        Tensor ofNegatives = result.negativeScale().mul(weights.unsqueeze(1)).mulInPlace(factor); // (c, 1)
        Tensor ofTarget =
                result.targetGradient().mul(weights).mulInPlace(factor).unsqueeze(1); // (c, 1)
        gradient.matmulInto(negatives, batch.negativeRows)
                .mulInPlace(ofNegatives)
                .addProductInPlace(own, ofTarget, 1);
        batch.negativeGradient.addMatmulInPlace(negatives.transpose(0, 1), hidden.mul(ofNegatives), 1, 1);
        batch.targetGradient.indexAddInPlace(0, batch.targets.narrow(0, start, count), hidden.mul(ofTarget));
        return result.losses().mul(weights).to(DataType.FLOAT64).sum().item();
    }

    /** Hides each row's target among the negatives; returns how many negatives are left, {@code [c]}. */
    private static Tensor hide(Tensor negatives, int[] hits, int start) {
        int rows = (int) negatives.size(0);
        long k = negatives.size(1);
        long[] flat = new long[rows];
        float[] counts = new float[rows];
        int found = 0;
        for (int row = 0; row < rows; row++) {
            int hit = hits[start + row];
            counts[row] = hit < 0 ? k : k - 1;
            if (hit >= 0) {
                flat[found++] = row * k + hit;
            }
        }
        if (found > 0) {
            Tensor where = Tensors.of(Arrays.copyOf(flat, found)).to(negatives.device());
            negatives.flatten(0, 1).scatterInPlace(0, where, SampledScores.HIDDEN);
        }
        return Tensors.of(counts).to(negatives.device());
    }

    @Override
    public void close() {
        scores.close();
        scratch.close();
    }
}

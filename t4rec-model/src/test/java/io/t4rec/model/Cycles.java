package io.t4rec.model;

import io.t4rec.data.SequenceBatch;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.MaskedMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.Mode;
import io.t4rec.model.masking.PermutationMasking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.nn.Pass;
import io.t4rec.nn.loss.ItemLoss;
import io.t4rec.nn.optim.Gradients;
import io.t4rec.nn.optim.Optimizer;
import io.t4rec.nn.optim.OptimizerConfig;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ColumnShape;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Sessions that walk round one of three cycles of three items each, and small models that learn them. */
final class Cycles {
    static final int FIRST_ITEM = 3;
    static final int ITEMS = 9;
    static final Schema SCHEMA = Schema.of(ColumnSchema.categorical("item_id", FIRST_ITEM + ITEMS - 1)
            .withTags(Tag.ITEM_ID)
            .withShape(ColumnShape.ragged()));

    private static final int ROWS = 32;
    private static final double RATE = 0.01;

    private Cycles() {}

    static SequenceBatch sessions(int rows, SplittableRandom random) {
        long[][] sequences = new long[rows][];
        for (int row = 0; row < rows; row++) {
            int cycle = random.nextInt(3);
            int at = random.nextInt(3);
            sequences[row] = new long[2 + random.nextInt(4)];
            for (int i = 0; i < sequences[row].length; i++) {
                sequences[row][i] = FIRST_ITEM + 3L * cycle + (at + i) % 3;
            }
        }
        return SequenceBatch.of("item_id", sequences);
    }

    static SequenceBatch of(long[]... sessions) {
        return SequenceBatch.of("item_id", sessions);
    }

    static ModelConfig config(String body, Masking masking) {
        return config(body, masking, LossConfig.defaults());
    }

    static ModelConfig config(String body, Masking masking, LossConfig loss) {
        TransformerSettings settings = new TransformerSettings(body, 16, 2, 1, 10, "gelu", 0.2, 1e-5, 0, null);
        return new ModelConfig(
                InputConfig.itemsOnly(), masking, settings, new HeadConfig(true, 1, 0, FIRST_ITEM, loss));
    }

    /** A task as a small model learns it fast. */
    static Masking task(String label) {
        return switch (label) {
            case "clm" -> new CausalMasking(false);
            case "mlm" -> new MaskedMasking(0.3);
            case "plm" -> new PermutationMasking(0.3, 2, false, false);
            case "rtd" -> new ReplacedItemMasking(0.3, 1.0, 1.0, 1.0, "softmax", null);
            default -> throw new IllegalArgumentException(label);
        };
    }

    /** Trains without dropout; returns loss and figures of each step. */
    static List<TrainingFigures> train(SessionModel model, int steps, long seed) {
        Optimizer optimizer = new Optimizer(OptimizerConfig.of(OptimizerConfig.Kind.ADAM), model.parameters());
        SplittableRandom random = new SplittableRandom(seed);
        List<TrainingFigures> told = new ArrayList<>();
        try (ItemLoss loss = model.newLoss(null)) {
            for (int i = 0; i < steps; i++) {
                try (Scope scope = Scope.open()) {
                    MaskedBatch masked = model.mask(sessions(ROWS, random), Mode.TRAIN, random);
                    TrainingFigures figures = new TrainingFigures();
                    Pass pass = Pass.training(new Generator(i));
                    double weight = masked.targetWeight();
                    figures.add("loss", model.trainStep(masked, 0, ROWS, weight, pass, loss, figures), weight);
                    told.add(figures);
                    try (Autograd off = Autograd.disabled()) {
                        optimizer.step(RATE);
                    }
                    Gradients.clear(model.parameters().values());
                }
            }
        }
        optimizer.release();
        return told;
    }

    /** How often the next item is ranked first. */
    static double hits(SessionModel model, boolean allPositions) {
        SequenceBatch unseen = sessions(200, new SplittableRandom(77));
        int[] ranks = model.ranks(unseen, allPositions, Exclusion.NONE, model.exactRanker());
        return Arrays.stream(ranks).filter(rank -> rank == 1).count() / (double) ranks.length;
    }
}

package io.t4rec.nn.optim;

import io.t4rec.tensor.DataType;
import io.t4rec.tensor.FusedUpdates;
import io.t4rec.tensor.FusedUpdates.Step;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.List;

/** How values follow gradients, and which moments that takes. */
sealed interface UpdateRule {
    /** Names of the moments in checkpoints. */
    List<String> moments();

    /** A moment before the first step; its first dimension is that of the value. */
    default Tensor newMoment(Tensor value) {
        return Tensors.zerosLike(value);
    }

    /**
     * Changes values and moments in place; gradients may be overwritten.
     *
     * @param moments for each name of {@link #moments} as many tensors as there are values
     */
    void apply(Step step, List<Tensor> values, List<Tensor> gradients, List<List<Tensor>> moments);

    /** The rule of an optimiser. */
    static UpdateRule of(OptimizerConfig config) {
        return switch (config.kind()) {
            case ADAM, ADAMW -> new Adam(config);
            case SGD -> new Sgd(config.beta1());
            case ADAGRAD -> new Adagrad(config.epsilon());
        };
    }

    /** The rule of a table whose gradients are those of a few rows. */
    static UpdateRule of(OptimizerConfig config, TableUpdate table) {
        return table == TableUpdate.ROW_ADAGRAD ? new RowAdagrad() : of(config);
    }

    /** Adam and AdamW. */
    record Adam(OptimizerConfig config) implements UpdateRule {
        @Override
        public List<String> moments() {
            return List.of("first", "second");
        }

        @Override
        public void apply(Step step, List<Tensor> values, List<Tensor> gradients, List<List<Tensor>> moments) {
            FusedUpdates.adam(
                    step,
                    config.kind() == OptimizerConfig.Kind.ADAMW,
                    config.beta1(),
                    config.beta2(),
                    config.epsilon(),
                    values,
                    gradients,
                    moments.get(0),
                    moments.get(1));
        }
    }

    /** Gradient descent, with momentum unless that is 0. */
    record Sgd(double momentum) implements UpdateRule {
        @Override
        public List<String> moments() {
            return momentum > 0 ? List.of("first") : List.of();
        }

        @Override
        public void apply(Step step, List<Tensor> values, List<Tensor> gradients, List<List<Tensor>> moments) {
            FusedUpdates.sgd(step, momentum, values, gradients, momentum > 0 ? moments.get(0) : List.of());
        }
    }

    /** Adagrad with an accumulator for each weight. */
    record Adagrad(double epsilon) implements UpdateRule {
        @Override
        public List<String> moments() {
            return List.of("second");
        }

        @Override
        public void apply(Step step, List<Tensor> values, List<Tensor> gradients, List<List<Tensor>> moments) {
            FusedUpdates.adagrad(step, epsilon, values, gradients, moments.get(0));
        }
    }

    /** Adagrad with an accumulator for each row: {@code [rows]}. */
    record RowAdagrad() implements UpdateRule {
        /** FBGEMM's default. */
        private static final double EPSILON = 1e-8;

        @Override
        public List<String> moments() {
            return List.of("rows");
        }

        @Override
        public Tensor newMoment(Tensor value) {
            return Tensors.zeros(DataType.FLOAT32, value.size(0)).to(value.device());
        }

        @Override
        public void apply(Step step, List<Tensor> values, List<Tensor> gradients, List<List<Tensor>> moments) {
            for (int i = 0; i < values.size(); i++) {
                apply(step, values.get(i), gradients.get(i), moments.get(0).get(i));
            }
        }

        private static void apply(Step step, Tensor value, Tensor gradient, Tensor squares) {
            if (step.divisor() != 1) {
                gradient.mulInPlace(1 / step.divisor());
            }
            if (step.weightDecay() > 0) {
                gradient.addInPlace(value, step.weightDecay());
            }
            squares.addInPlace(gradient.mul(gradient).mean(1, false)); // (rows)
            Tensor divisor = squares.sqrt().addInPlace(EPSILON).unsqueeze(1); // (rows, 1)
            value.addQuotientInPlace(gradient, divisor, -step.rate());
        }
    }
}

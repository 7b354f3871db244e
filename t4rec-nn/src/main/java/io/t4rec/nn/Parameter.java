package io.t4rec.nn;

import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A named weight of a {@link Module}: lives outside all scopes and collects a gradient unless frozen. The gradient is dense, on
 * {@link #value()}, or that of a few rows, {@link #rowGradient()}; where both are there, they add up.
 */
public final class Parameter {
    private Tensor value;
    private boolean trainable;
    private @Nullable RowGradient rowGradient;

    Parameter(Tensor value, boolean trainable) {
        this.value = own(value, trainable);
        this.trainable = trainable;
    }

    private static Tensor own(Tensor value, boolean trainable) {
        return Scope.unscoped(value.detach())
                .requireGradient(trainable && value.dataType().isFloating());
    }

    public Tensor value() {
        return value;
    }

    /** The dense gradient, to be added to; zeros when there was none. */
    public Tensor denseGradient() {
        Tensor gradient = value.gradient();
        if (gradient == null) {
            gradient = Tensors.zerosLike(value.detach());
            value.setGradient(gradient);
        }
        return gradient;
    }

    /** The gradient of the rows that were used, or null when there is none of this kind. */
    public @Nullable RowGradient rowGradient() {
        return rowGradient;
    }

    /** Takes a gradient over, out of all scopes, and frees the one before; null for none. */
    @SuppressWarnings("ReferenceEquality") // the same object, not an equal one
    public void setRowGradient(@Nullable RowGradient gradient) {
        RowGradient old = rowGradient;
        if (gradient == old) {
            return;
        }
        if (gradient != null) {
            Scope.unscoped(gradient.rows());
            Scope.unscoped(gradient.values());
        }
        rowGradient = gradient;
        if (old != null) {
            old.release();
        }
    }

    /** Whether optimisers change it. */
    public boolean isTrainable() {
        return trainable;
    }

    /** Excludes the weight from training. */
    public void freeze() {
        trainable = false;
        value.requireGradient(false);
    }

    /** Uses the storage of another parameter of the same shape, with a gradient of its own. */
    void alias(Parameter other) {
        value = own(other.value, other.trainable);
        trainable = other.trainable;
    }

    /** Replaces the tensor, for instance by one on another device. */
    void replace(Tensor tensor) {
        value = own(tensor, trainable);
    }

    /** Copies elements of a tensor of the same shape. */
    void load(String name, Tensor source) {
        if (!Arrays.equals(source.shape(), value.shape())) {
            throw new IllegalArgumentException("parameter " + name + ": " + Arrays.toString(source.shape())
                    + " (expected: " + Arrays.toString(value.shape()) + ")");
        }
        value.detach().copyFrom(source);
    }
}

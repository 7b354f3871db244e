package io.t4rec.tensor;

/** Views, permutations, selections and scatters. */
abstract sealed class TensorShaping extends TensorArithmetic permits Tensor {
    private static final double MOST_HALF = 65_504;

    TensorShaping(org.bytedeco.pytorch.Tensor handle) {
        super(handle);
    }

    /** The same elements in another shape; one size may be -1. Copies only when the layout demands it. */
    public final Tensor reshape(long... shape) {
        return alone(
                "reshape to " + java.util.Arrays.toString(shape),
                () -> pointer().reshape(shape));
    }

    /** Splits one dimension into several; one size may be -1. */
    public final Tensor unflatten(int dimension, long... sizes) {
        return alone(
                "unflatten to " + java.util.Arrays.toString(sizes),
                () -> pointer().unflatten(dimension, sizes));
    }

    /** Joins the dimensions from {@code first} to {@code last}, both included. */
    public final Tensor flatten(int first, int last) {
        return alone("flatten", () -> pointer().flatten(first, last));
    }

    public final Tensor transpose(int a, int b) {
        return alone("transpose", () -> pointer().transpose(a, b));
    }

    public final Tensor permute(long... order) {
        return alone("permute", () -> pointer().permute(order));
    }

    public final Tensor unsqueeze(int dimension) {
        return alone("unsqueeze", () -> pointer().unsqueeze(dimension));
    }

    public final Tensor squeeze(int dimension) {
        return alone("squeeze", () -> pointer().squeeze(dimension));
    }

    /** Repeats dimensions of size 1 without copying; -1 leaves a dimension as it is. */
    public final Tensor expand(long... shape) {
        return alone(
                "expand to " + java.util.Arrays.toString(shape), () -> pointer().expand(shape));
    }

    /** Elements {@code start .. start + length - 1} of a dimension, a view. */
    public final Tensor narrow(int dimension, long start, long length) {
        return alone("narrow", () -> pointer().narrow(dimension, start, length));
    }

    /** One index of a dimension, which disappears; a view. */
    public final Tensor select(int dimension, long index) {
        return alone("select " + index, () -> pointer().select(dimension, index));
    }

    /** Pairs of FLOAT32 or FLOAT64 along the last dimension, of size 2, as complex numbers: a view without that dimension. */
    public final Tensor asComplex() {
        return alone("asComplex", () -> org.bytedeco.pytorch.global.torch.view_as_complex(pointer()));
    }

    /** Complex numbers as pairs of real and imaginary part along a new last dimension: a view. */
    public final Tensor asReal() {
        return alone("asReal", () -> org.bytedeco.pytorch.global.torch.view_as_real(pointer()));
    }

    /** A copy with memory of its own. */
    public final Tensor copy() {
        return wrap(pointer().clone());
    }

    /** The same elements in row-major order; the same tensor when they lie so already. */
    public final Tensor contiguous() {
        return pointer().is_contiguous() ? self() : wrap(pointer().contiguous());
    }

    /** Keeps the lower triangle up to the given diagonal, zeroes the rest. */
    public final Tensor lowerTriangle(int diagonal) {
        return wrap(pointer().tril(diagonal));
    }

    /** Keeps the upper triangle from the given diagonal, zeroes the rest. */
    public final Tensor upperTriangle(int diagonal) {
        return wrap(pointer().triu(diagonal));
    }

    /**
     * Whole slices by index.
     *
     * @param indices {@code [n]} of INT64
     */
    public final Tensor indexSelect(int dimension, Tensor indices) {
        return with("indexSelect", indices, () -> pointer().index_select(dimension, indices.pointer()));
    }

    /** Single elements by index, of the shape of {@code indices}. */
    public final Tensor gather(int dimension, Tensor indices) {
        return with("gather", indices, () -> pointer().gather(dimension, indices.pointer()));
    }

    /** Elements where the mask is true, as one dimension. */
    public final Tensor maskedSelect(Tensor mask) {
        return with("maskedSelect", mask, () -> pointer().masked_select(mask.pointer()));
    }

    /** A copy with {@code value} where the mask is true; what FLOAT16 can't hold becomes its largest number. */
    public final Tensor maskedFill(Tensor mask, double value) {
        double held = dataType() == DataType.FLOAT16 ? Math.max(-MOST_HALF, Math.min(MOST_HALF, value)) : value;
        return with("maskedFill", mask, () -> pointer().masked_fill(mask.pointer(), scalar(held)));
    }

    /** This tensor where the condition is true, the other elsewhere. */
    public final Tensor where(Tensor condition, Tensor other) {
        return with("where", other, () -> pointer().where(condition.pointer(), other.pointer()));
    }

    /** Overwrites whole slices with those of {@code source} at the given indices of a dimension. */
    public final Tensor indexCopyInPlace(int dimension, Tensor indices, Tensor source) {
        with("indexCopyInPlace", source, () -> pointer().index_copy_(dimension, indices.pointer(), source.pointer()));
        return self();
    }

    /** Adds whole slices of {@code source} at the given indices of a dimension; an index may occur several times. */
    public final Tensor indexAddInPlace(int dimension, Tensor indices, Tensor source) {
        with("indexAddInPlace", source, () -> pointer().index_add_(dimension, indices.pointer(), source.pointer()));
        return self();
    }

    /**
     * Where each element stands in a sorted vector, or in one of its own a row.
     *
     * @param sorted {@code [n]}, rising; or {@code [rows, n]}, rising in each row, for a tensor {@code [rows, k]}
     * @return INT64 of this tensor's shape: index of the first element of {@code sorted} that is not smaller
     */
    public final Tensor positionsIn(Tensor sorted) {
        return with(
                "positionsIn",
                sorted,
                () -> org.bytedeco.pytorch.global.torch.searchsorted(sorted.pointer(), pointer()));
    }

    /** Adds single elements of {@code source} at the given indices of a dimension. */
    public final Tensor scatterAddInPlace(int dimension, Tensor indices, Tensor source) {
        with("scatterAddInPlace", source, () -> pointer().scatter_add_(dimension, indices.pointer(), source.pointer()));
        return self();
    }

    /** Overwrites single elements at the given indices of a dimension. */
    public final Tensor scatterInPlace(int dimension, Tensor indices, double value) {
        with("scatterInPlace", indices, () -> pointer().scatter_(dimension, indices.pointer(), scalar(value)));
        return self();
    }
}

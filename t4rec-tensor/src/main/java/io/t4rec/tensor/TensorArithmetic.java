package io.t4rec.tensor;

import java.util.function.Supplier;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Element-wise operations, comparisons and reductions. Methods named {@code …InPlace} overwrite this tensor and return it;
 * they are meant for code that runs without gradients.
 */
abstract sealed class TensorArithmetic extends TensorStorage permits TensorShaping {
    TensorArithmetic(org.bytedeco.pytorch.Tensor handle) {
        super(handle);
    }

    final Tensor with(String name, Tensor other, Supplier<org.bytedeco.pytorch.Tensor> operation) {
        try {
            return wrap(operation.get());
        } catch (RuntimeException e) {
            throw ShapeException.of(name, e, self(), other);
        }
    }

    final Tensor alone(String name, Supplier<org.bytedeco.pytorch.Tensor> operation) {
        try {
            return wrap(operation.get());
        } catch (RuntimeException e) {
            throw ShapeException.of(name, e, self());
        }
    }

    /** Whole numbers go as integers, so that integer tensors stay integer. */
    static Scalar scalar(double value) {
        return value == Math.rint(value) && Math.abs(value) < (1L << 53) ? new Scalar((long) value) : new Scalar(value);
    }

    public final Tensor add(Tensor other) {
        return with("add", other, () -> pointer().add(other.pointer()));
    }

    public final Tensor add(double value) {
        return wrap(pointer().add(scalar(value)));
    }

    public final Tensor sub(Tensor other) {
        return with("sub", other, () -> pointer().sub(other.pointer()));
    }

    public final Tensor sub(double value) {
        return wrap(pointer().sub(scalar(value)));
    }

    public final Tensor mul(Tensor other) {
        return with("mul", other, () -> pointer().mul(other.pointer()));
    }

    public final Tensor mul(double value) {
        return wrap(pointer().mul(scalar(value)));
    }

    public final Tensor div(Tensor other) {
        return with("div", other, () -> pointer().div(other.pointer()));
    }

    public final Tensor div(double value) {
        return wrap(pointer().div(scalar(value)));
    }

    public final Tensor neg() {
        return wrap(pointer().neg());
    }

    public final Tensor exp() {
        return wrap(pointer().exp());
    }

    public final Tensor log() {
        return wrap(pointer().log());
    }

    public final Tensor sqrt() {
        return wrap(pointer().sqrt());
    }

    public final Tensor abs() {
        return wrap(pointer().abs());
    }

    public final Tensor sin() {
        return wrap(pointer().sin());
    }

    public final Tensor cos() {
        return wrap(pointer().cos());
    }

    public final Tensor pow(double exponent) {
        return wrap(pointer().pow(new Scalar(exponent)));
    }

    public final Tensor tanh() {
        return wrap(pointer().tanh());
    }

    public final Tensor relu() {
        return wrap(pointer().relu());
    }

    public final Tensor sigmoid() {
        return wrap(pointer().sigmoid());
    }

    /** x times sigmoid(x). */
    public final Tensor silu() {
        return wrap(torch.silu(pointer()));
    }

    /** {@code log(1 + exp(x))}, without overflow: minus the logarithm of the sigmoid of {@code -x}. */
    public final Tensor softplus() {
        return wrap(torch.softplus(pointer()));
    }

    /** Logarithm of the sum of exponentials along a dimension, without overflow. */
    public final Tensor logSumExp(int dimension, boolean keepDimension) {
        return alone("logSumExp", () -> pointer().logsumexp(new long[] {dimension}, keepDimension));
    }

    /** The larger of both, element by element. */
    public final Tensor maximum(Tensor other) {
        return with("maximum", other, () -> pointer().maximum(other.pointer()));
    }

    /** Gaussian error linear unit, exact form with erf. */
    public final Tensor gelu() {
        return wrap(torch.gelu(pointer()));
    }

    /** Gaussian error linear unit, tanh approximation ({@code gelu_new} of GPT-2). */
    public final Tensor geluTanh() {
        return wrap(torch.gelu(pointer(), "tanh"));
    }

    public final Tensor clamp(double low, double high) {
        return wrap(pointer().clamp(new ScalarOptional(scalar(low)), new ScalarOptional(scalar(high))));
    }

    // ---- comparisons, giving booleans

    public final Tensor eq(Tensor other) {
        return with("eq", other, () -> pointer().eq(other.pointer()));
    }

    public final Tensor eq(double value) {
        return wrap(pointer().eq(scalar(value)));
    }

    public final Tensor ne(Tensor other) {
        return with("ne", other, () -> pointer().ne(other.pointer()));
    }

    public final Tensor ne(double value) {
        return wrap(pointer().ne(scalar(value)));
    }

    public final Tensor lt(Tensor other) {
        return with("lt", other, () -> pointer().lt(other.pointer()));
    }

    public final Tensor lt(double value) {
        return wrap(pointer().lt(scalar(value)));
    }

    public final Tensor gt(Tensor other) {
        return with("gt", other, () -> pointer().gt(other.pointer()));
    }

    public final Tensor gt(double value) {
        return wrap(pointer().gt(scalar(value)));
    }

    public final Tensor ge(Tensor other) {
        return with("ge", other, () -> pointer().ge(other.pointer()));
    }

    public final Tensor not() {
        return wrap(pointer().logical_not());
    }

    public final Tensor and(Tensor other) {
        return with("and", other, () -> pointer().logical_and(other.pointer()));
    }

    public final Tensor or(Tensor other) {
        return with("or", other, () -> pointer().logical_or(other.pointer()));
    }

    // ---- reductions

    /** Sum of all elements, a scalar. */
    public final Tensor sum() {
        return wrap(pointer().sum());
    }

    public final Tensor sum(int dimension, boolean keepDimension) {
        return alone("sum", () -> pointer().sum(new long[] {dimension}, keepDimension, new ScalarTypeOptional()));
    }

    /** Mean of all elements, a scalar. */
    public final Tensor mean() {
        return wrap(pointer().mean());
    }

    public final Tensor mean(int dimension, boolean keepDimension) {
        return alone("mean", () -> pointer().mean(new long[] {dimension}, keepDimension, new ScalarTypeOptional()));
    }

    /** Largest element along a dimension. */
    public final Tensor max(int dimension, boolean keepDimension) {
        return alone("max", () -> pointer().amax(new long[] {dimension}, keepDimension));
    }

    /** Index of the largest element along a dimension, INT64. */
    public final Tensor argMax(int dimension) {
        return alone("argMax", () -> pointer().argmax(new LongOptional(dimension), false));
    }

    /** Indices that sort along a dimension, rising, INT64. Equal elements come in any order. */
    public final Tensor argSort(int dimension) {
        return alone("argSort", () -> pointer().argsort(dimension, false));
    }

    /** Euclidean norm of all elements, a scalar. */
    public final Tensor norm() {
        return wrap(pointer().norm());
    }

    public final Tensor softmax(int dimension) {
        return alone("softmax", () -> pointer().softmax(dimension));
    }

    public final Tensor logSoftmax(int dimension) {
        return alone("logSoftmax", () -> pointer().log_softmax(dimension));
    }

    /** Whether every element is finite. */
    public final boolean isFinite() {
        try (Scope scope = Scope.open()) {
            return pointer().isfinite().all().item_bool();
        }
    }

    // ---- in place

    public final Tensor addInPlace(Tensor other) {
        return addInPlace(other, 1);
    }

    /** Adds {@code factor * other}. */
    public final Tensor addInPlace(Tensor other, double factor) {
        with("addInPlace", other, () -> pointer().add_(other.pointer(), new Scalar(factor)));
        return self();
    }

    public final Tensor addInPlace(double value) {
        pointer().add_(scalar(value));
        return self();
    }

    public final Tensor subInPlace(Tensor other) {
        with("subInPlace", other, () -> pointer().sub_(other.pointer()));
        return self();
    }

    public final Tensor mulInPlace(Tensor other) {
        with("mulInPlace", other, () -> pointer().mul_(other.pointer()));
        return self();
    }

    public final Tensor mulInPlace(double value) {
        pointer().mul_(scalar(value));
        return self();
    }

    public final Tensor expInPlace() {
        pointer().exp_();
        return self();
    }

    /** Each element becomes the sum of those up to and with it along a dimension. */
    public final Tensor cumulativeSumInPlace(int dimension) {
        alone("cumulativeSumInPlace", () -> pointer().cumsum_(dimension));
        return self();
    }

    public final Tensor sigmoidInPlace() {
        pointer().sigmoid_();
        return self();
    }

    /** This becomes {@code log(1 + exp(other))}; see {@link #softplus}. */
    public final Tensor softplusInto(Tensor other) {
        with("softplusInto", other, () -> torch.softplus_out(pointer(), other.pointer()));
        return self();
    }

    /** Adds {@code factor * a * b}. */
    public final Tensor addProductInPlace(Tensor a, Tensor b, double factor) {
        with("addProductInPlace", a, () -> pointer().addcmul_(a.pointer(), b.pointer(), new Scalar(factor)));
        return self();
    }

    /** Adds {@code factor * a / b}. */
    public final Tensor addQuotientInPlace(Tensor a, Tensor b, double factor) {
        with("addQuotientInPlace", a, () -> pointer().addcdiv_(a.pointer(), b.pointer(), new Scalar(factor)));
        return self();
    }

    public final Tensor fillInPlace(double value) {
        pointer().fill_(scalar(value));
        return self();
    }

    /** Copies the elements of another tensor, broadcasting and converting. */
    public final Tensor copyFrom(Tensor other) {
        with("copyFrom", other, () -> pointer().copy_(other.pointer()));
        return self();
    }

    /** Overwrites with draws from a normal distribution. */
    public final Tensor normalInPlace(double mean, double deviation, Generator generator) {
        pointer().normal_(mean, deviation, generator.optional());
        return self();
    }

    /** Overwrites with draws from a uniform distribution over [low, high). */
    public final Tensor uniformInPlace(double low, double high, Generator generator) {
        pointer().uniform_(low, high, generator.optional());
        return self();
    }

    /** Overwrites with 1 at the given probability, else 0. */
    public final Tensor bernoulliInPlace(double probability, Generator generator) {
        pointer().bernoulli_(probability, generator.optional());
        return self();
    }
}

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
        return with("add", other, () -> handle.add(other.pointer()));
    }

    public final Tensor add(double value) {
        return wrap(handle.add(scalar(value)));
    }

    public final Tensor sub(Tensor other) {
        return with("sub", other, () -> handle.sub(other.pointer()));
    }

    public final Tensor sub(double value) {
        return wrap(handle.sub(scalar(value)));
    }

    public final Tensor mul(Tensor other) {
        return with("mul", other, () -> handle.mul(other.pointer()));
    }

    public final Tensor mul(double value) {
        return wrap(handle.mul(scalar(value)));
    }

    public final Tensor div(Tensor other) {
        return with("div", other, () -> handle.div(other.pointer()));
    }

    public final Tensor div(double value) {
        return wrap(handle.div(scalar(value)));
    }

    public final Tensor neg() {
        return wrap(handle.neg());
    }

    public final Tensor exp() {
        return wrap(handle.exp());
    }

    public final Tensor log() {
        return wrap(handle.log());
    }

    public final Tensor sqrt() {
        return wrap(handle.sqrt());
    }

    public final Tensor abs() {
        return wrap(handle.abs());
    }

    public final Tensor sin() {
        return wrap(handle.sin());
    }

    public final Tensor cos() {
        return wrap(handle.cos());
    }

    public final Tensor pow(double exponent) {
        return wrap(handle.pow(new Scalar(exponent)));
    }

    public final Tensor tanh() {
        return wrap(handle.tanh());
    }

    public final Tensor relu() {
        return wrap(handle.relu());
    }

    public final Tensor sigmoid() {
        return wrap(handle.sigmoid());
    }

    /** x times sigmoid(x). */
    public final Tensor silu() {
        return wrap(torch.silu(handle));
    }

    /** {@code log(1 + exp(x))}, without overflow: minus the logarithm of the sigmoid of {@code -x}. */
    public final Tensor softplus() {
        return wrap(torch.softplus(handle));
    }

    /** Logarithm of the sum of exponentials along a dimension, without overflow. */
    public final Tensor logSumExp(int dimension, boolean keepDimension) {
        return wrap(handle.logsumexp(new long[] {dimension}, keepDimension));
    }

    /** The larger of both, element by element. */
    public final Tensor maximum(Tensor other) {
        return with("maximum", other, () -> handle.maximum(other.pointer()));
    }

    /** Gaussian error linear unit, exact form with erf. */
    public final Tensor gelu() {
        return wrap(torch.gelu(handle));
    }

    /** Gaussian error linear unit, tanh approximation ({@code gelu_new} of GPT-2). */
    public final Tensor geluTanh() {
        return wrap(torch.gelu(handle, "tanh"));
    }

    public final Tensor clamp(double low, double high) {
        return wrap(handle.clamp(new ScalarOptional(scalar(low)), new ScalarOptional(scalar(high))));
    }

    // ---- comparisons, giving booleans

    public final Tensor eq(Tensor other) {
        return with("eq", other, () -> handle.eq(other.pointer()));
    }

    public final Tensor eq(double value) {
        return wrap(handle.eq(scalar(value)));
    }

    public final Tensor ne(Tensor other) {
        return with("ne", other, () -> handle.ne(other.pointer()));
    }

    public final Tensor ne(double value) {
        return wrap(handle.ne(scalar(value)));
    }

    public final Tensor lt(Tensor other) {
        return with("lt", other, () -> handle.lt(other.pointer()));
    }

    public final Tensor lt(double value) {
        return wrap(handle.lt(scalar(value)));
    }

    public final Tensor le(Tensor other) {
        return with("le", other, () -> handle.le(other.pointer()));
    }

    public final Tensor le(double value) {
        return wrap(handle.le(scalar(value)));
    }

    public final Tensor gt(Tensor other) {
        return with("gt", other, () -> handle.gt(other.pointer()));
    }

    public final Tensor gt(double value) {
        return wrap(handle.gt(scalar(value)));
    }

    public final Tensor ge(Tensor other) {
        return with("ge", other, () -> handle.ge(other.pointer()));
    }

    public final Tensor ge(double value) {
        return wrap(handle.ge(scalar(value)));
    }

    public final Tensor not() {
        return wrap(handle.logical_not());
    }

    public final Tensor and(Tensor other) {
        return with("and", other, () -> handle.logical_and(other.pointer()));
    }

    public final Tensor or(Tensor other) {
        return with("or", other, () -> handle.logical_or(other.pointer()));
    }

    // ---- reductions

    /** Sum of all elements, a scalar. */
    public final Tensor sum() {
        return wrap(handle.sum());
    }

    public final Tensor sum(int dimension, boolean keepDimension) {
        return wrap(handle.sum(new long[] {dimension}, keepDimension, new ScalarTypeOptional()));
    }

    /** Mean of all elements, a scalar. */
    public final Tensor mean() {
        return wrap(handle.mean());
    }

    public final Tensor mean(int dimension, boolean keepDimension) {
        return wrap(handle.mean(new long[] {dimension}, keepDimension, new ScalarTypeOptional()));
    }

    /** Largest element along a dimension. */
    public final Tensor max(int dimension, boolean keepDimension) {
        return wrap(handle.amax(new long[] {dimension}, keepDimension));
    }

    /** Smallest element along a dimension. */
    public final Tensor min(int dimension, boolean keepDimension) {
        return wrap(handle.amin(new long[] {dimension}, keepDimension));
    }

    /** Index of the largest element along a dimension, INT64. */
    public final Tensor argMax(int dimension) {
        return wrap(handle.argmax(new LongOptional(dimension), false));
    }

    /** Indices that sort along a dimension, rising, INT64. Equal elements come in any order. */
    public final Tensor argSort(int dimension) {
        return wrap(handle.argsort(dimension, false));
    }

    /** Euclidean norm of all elements, a scalar. */
    public final Tensor norm() {
        return wrap(handle.norm());
    }

    public final Tensor softmax(int dimension) {
        return wrap(handle.softmax(dimension));
    }

    public final Tensor logSoftmax(int dimension) {
        return wrap(handle.log_softmax(dimension));
    }

    /** Whether every element is finite. */
    public final boolean isFinite() {
        try (Scope scope = Scope.open()) {
            return handle.isfinite().all().item_bool();
        }
    }

    // ---- in place

    public final Tensor addInPlace(Tensor other) {
        return addInPlace(other, 1);
    }

    /** Adds {@code factor * other}. */
    public final Tensor addInPlace(Tensor other, double factor) {
        with("addInPlace", other, () -> handle.add_(other.pointer(), new Scalar(factor)));
        return self();
    }

    public final Tensor addInPlace(double value) {
        handle.add_(scalar(value));
        return self();
    }

    public final Tensor subInPlace(Tensor other) {
        with("subInPlace", other, () -> handle.sub_(other.pointer()));
        return self();
    }

    public final Tensor mulInPlace(Tensor other) {
        with("mulInPlace", other, () -> handle.mul_(other.pointer()));
        return self();
    }

    public final Tensor mulInPlace(double value) {
        handle.mul_(scalar(value));
        return self();
    }

    public final Tensor divInPlace(Tensor other) {
        with("divInPlace", other, () -> handle.div_(other.pointer()));
        return self();
    }

    public final Tensor expInPlace() {
        handle.exp_();
        return self();
    }

    /** Each element becomes the sum of those up to and with it along a dimension. */
    public final Tensor cumulativeSumInPlace(int dimension) {
        alone("cumulativeSumInPlace", () -> handle.cumsum_(dimension));
        return self();
    }

    public final Tensor sigmoidInPlace() {
        handle.sigmoid_();
        return self();
    }

    /** This becomes {@code log(1 + exp(other))}; see {@link #softplus}. */
    public final Tensor softplusInto(Tensor other) {
        with("softplusInto", other, () -> torch.softplus_out(handle, other.pointer()));
        return self();
    }

    /** Adds {@code factor * a * b}. */
    public final Tensor addProductInPlace(Tensor a, Tensor b, double factor) {
        with("addProductInPlace", a, () -> handle.addcmul_(a.pointer(), b.pointer(), new Scalar(factor)));
        return self();
    }

    /** Adds {@code factor * a / b}. */
    public final Tensor addQuotientInPlace(Tensor a, Tensor b, double factor) {
        with("addQuotientInPlace", a, () -> handle.addcdiv_(a.pointer(), b.pointer(), new Scalar(factor)));
        return self();
    }

    public final Tensor fillInPlace(double value) {
        handle.fill_(scalar(value));
        return self();
    }

    /** Copies the elements of another tensor, broadcasting and converting. */
    public final Tensor copyFrom(Tensor other) {
        with("copyFrom", other, () -> handle.copy_(other.pointer()));
        return self();
    }

    /** Overwrites with draws from a normal distribution. */
    public final Tensor normalInPlace(double mean, double deviation, Generator generator) {
        handle.normal_(mean, deviation, generator.optional());
        return self();
    }

    /** Overwrites with draws from a uniform distribution over [low, high). */
    public final Tensor uniformInPlace(double low, double high, Generator generator) {
        handle.uniform_(low, high, generator.optional());
        return self();
    }

    /** Overwrites with 1 at the given probability, else 0. */
    public final Tensor bernoulliInPlace(double probability, Generator generator) {
        handle.bernoulli_(probability, generator.optional());
        return self();
    }
}

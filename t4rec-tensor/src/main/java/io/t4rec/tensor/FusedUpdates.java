package io.t4rec.tensor;

import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * The update kernels of libtorch's optimisers: each reads gradient, value and moments once and writes them once, instead of one
 * pass over memory for every operation of the formula. The formulas are those of {@code torch.optim}.
 *
 * <p>All lists of a call have the same order; tensors at one place have the same shape and are contiguous. Every kernel first
 * divides the gradients by {@link Step#divisor()}, and writes them back when it isn't 1. Call them without recording gradients.
 */
public final class FusedUpdates {
    private static final OperatorHandle ADAM;
    private static final OperatorHandle ADAMW;
    private static final OperatorHandle SGD;
    private static final OperatorHandle ADAGRAD;

    static {
        Native.load();
        ADAM = find("aten::_fused_adam_");
        ADAMW = find("aten::_fused_adamw_");
        SGD = find("aten::_fused_sgd_");
        ADAGRAD = find("aten::_fused_adagrad_");
    }

    private FusedUpdates() {}

    /**
     * What all kernels need.
     *
     * @param number of the step, from 1
     * @param rate learning rate
     * @param weightDecay from 0
     * @param divisor of the gradients, positive; 1 leaves them
     */
    public record Step(long number, double rate, double weightDecay, double divisor) {}

    /**
     * Adam and AdamW.
     *
     * @param decoupled whether weight decay shrinks the values (AdamW) or is added to the gradients (Adam)
     */
    public static void adam(
            Step step,
            boolean decoupled,
            double beta1,
            double beta2,
            double epsilon,
            List<Tensor> values,
            List<Tensor> gradients,
            List<Tensor> first,
            List<Tensor> second) {
        call(
                decoupled ? ADAMW : ADAM,
                list(values),
                list(gradients),
                list(first),
                list(second),
                list(List.of()), // the largest second moments, for AMSGrad alone
                numbers(step, values),
                new IValue(step.rate()),
                new IValue(beta1),
                new IValue(beta2),
                new IValue(step.weightDecay()),
                new IValue(epsilon),
                new IValue(false), // AMSGrad
                new IValue(false), // maximise
                divisor(step, values),
                new IValue()); // found infinity
    }

    /**
     * Gradient descent.
     *
     * @param momentum from 0; with 0 the list of velocities is empty
     * @param velocities zero before the first step
     */
    public static void sgd(
            Step step, double momentum, List<Tensor> values, List<Tensor> gradients, List<Tensor> velocities) {
        call(
                SGD,
                list(values),
                list(gradients),
                list(velocities),
                new IValue(step.weightDecay()),
                new IValue(momentum),
                new IValue(step.rate()),
                new IValue(0.0), // dampening
                new IValue(false), // Nesterov
                new IValue(false), // maximise
                new IValue(false), // first step: velocities of zero give the same
                divisor(step, values),
                new IValue());
    }

    /** Adagrad, without decay of the rate. */
    public static void adagrad(
            Step step, double epsilon, List<Tensor> values, List<Tensor> gradients, List<Tensor> sums) {
        call(
                ADAGRAD,
                list(values),
                list(gradients),
                list(sums),
                numbers(step, values),
                new IValue(step.rate()),
                new IValue(0.0), // decay of the rate
                new IValue(step.weightDecay()),
                new IValue(epsilon),
                new IValue(false), // maximise
                divisor(step, values),
                new IValue());
    }

    /** These operators have no Java method: they are found by name and take their arguments from a stack. */
    private static OperatorHandle find(String name) {
        OperatorHandle handle = Dispatcher.singleton().findSchemaOrThrow(name, "");
        handle.retainReference(); // whatever scope is open now, it lasts
        return handle;
    }

    private static void call(OperatorHandle operator, IValue... arguments) {
        operator.callBoxed(new IValueVector(arguments));
    }

    private static IValue list(List<Tensor> tensors) {
        GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
        list.reserve(tensors.size());
        for (Tensor tensor : tensors) {
            list.push_back(new IValue(tensor.pointer()));
        }
        return new IValue(list);
    }

    private static IValue numbers(Step step, List<Tensor> values) {
        return list(Collections.nCopies(values.size(), scalar(step.number(), values)));
    }

    private static IValue divisor(Step step, List<Tensor> values) {
        return step.divisor() == 1
                ? new IValue()
                : new IValue(scalar(step.divisor(), values).pointer());
    }

    private static Tensor scalar(double value, List<Tensor> values) {
        return Tensors.scalar(value).to(values.get(0).device());
    }
}

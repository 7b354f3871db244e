package io.t4rec.nn;

import io.t4rec.tensor.Autograd;
import io.t4rec.tensor.Generator;
import io.t4rec.tensor.Scope;
import io.t4rec.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Gradient checkpointing (Chen et al. 2016): the forward pass keeps only what enters and leaves each segment of a network, and the
 * backward pass computes the inside of one segment at a time anew, with the same random numbers. Memory grows with the longest
 * segment instead of the whole depth, for about a third more time; gradients are the same to the last bit.
 *
 * <p>Belongs to one pass at a time on one thread.
 */
final class Recomputation {
    /**
     * @param input what entered; the output of the segment before, or the end of a recorded graph
     * @param output a leaf that stands for what left
     */
    private record Segment(Tensor input, UnaryOperator<Tensor> part, byte[] randomState, Tensor output) {}

    /** @param leaf stands for a tensor within the parts that use it */
    private record Shared(Tensor tensor, Tensor leaf) {}

    private final Generator generator;
    private final List<Shared> shared = new ArrayList<>();
    private final Set<Parameter> repeated = new LinkedHashSet<>();
    private final List<Segment> segments = new ArrayList<>();

    /** @param generator of the pass's random numbers */
    Recomputation(Generator generator) {
        this.generator = generator;
    }

    /** Runs a part without recording its inside. */
    Tensor forward(Tensor input, UnaryOperator<Tensor> part) {
        byte[] randomState = generator.state();
        Tensor output;
        try (Scope inside = Scope.open();
                Autograd off = Autograd.disabled()) {
            output = inside.keep(part.apply(input).detach());
        }
        output.requireGradient(true);
        segments.add(new Segment(input, part, randomState, output));
        return output;
    }

    /** What several parts may use of one tensor, so that their gradients are summed before they go on. */
    Tensor share(Tensor tensor) {
        if (!tensor.requiresGradient()) {
            return tensor;
        }
        Tensor leaf = tensor.detach().requireGradient(true);
        shared.add(new Shared(tensor, leaf));
        return leaf;
    }

    /** Weights that several parts use: their gradients are summed before they join what other passes left. */
    void repeat(Collection<Parameter> weights) {
        repeated.addAll(weights);
    }

    /** Back-propagates from the end of the network through all segments to what is before the first. */
    void backward(Tensor end, Tensor gradient) {
        byte[] randomState = generator.state();
        Map<Parameter, Tensor> earlier = setAside();
        end.backward(gradient);
        for (int i = segments.size() - 1; i >= 0; i--) {
            try (Scope inside = Scope.open()) {
                backward(segments.get(i));
            }
        }
        segments.clear();
        for (Shared one : shared) {
            Tensor sum = one.leaf.gradient();
            if (sum != null) {
                one.tensor.backward(sum);
            }
        }
        shared.clear();
        earlier.forEach(Recomputation::join);
        repeated.clear();
        generator.setState(randomState); // the next pass continues where this one's forward part ended
    }

    private Map<Parameter, Tensor> setAside() {
        Map<Parameter, Tensor> earlier = new LinkedHashMap<>();
        for (Parameter weight : repeated) {
            Tensor gradient = weight.value().gradient();
            if (gradient != null) {
                earlier.put(weight, gradient.detach()); // a handle of its own: that one follows the weight's
                weight.value().setGradient(null);
            }
        }
        return earlier;
    }

    private static void join(Parameter weight, Tensor earlier) {
        Tensor sum = weight.value().gradient();
        if (sum != null) {
            earlier.addInPlace(sum);
        }
        weight.value().setGradient(earlier);
    }

    private void backward(Segment segment) {
        Tensor outputGradient = segment.output.gradient();
        if (outputGradient == null) {
            return; // nothing that counts came of it
        }
        generator.setState(segment.randomState);
        Tensor input = segment.input.detach().requireGradient(true);
        segment.part.apply(input).backward(outputGradient);
        segment.output.setGradient(null);
        segment.input.backward(Objects.requireNonNull(input.gradient(), "gradient of a segment's input"));
    }
}

package io.t4rec.model;

import io.t4rec.etl.Vocabulary;
import io.t4rec.model.input.InputConfig;
import io.t4rec.model.masking.CausalMasking;
import io.t4rec.model.masking.Masking;
import io.t4rec.model.masking.ReplacedItemMasking;
import io.t4rec.model.task.HeadTasks;
import io.t4rec.model.task.TaskHeads;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole model as settings.
 *
 * @param input how columns become vectors
 * @param masking what is learned from a sequence
 * @param transformer the body
 * @param head how hidden states become scores of items, where the next item is a task
 * @param heads what is predicted; none, the default, stands for the next item alone
 * @param headReduction how the weighted losses of several heads become one: mean or sum; default null: mean
 */
public record ModelConfig(
        InputConfig input,
        Masking masking,
        TransformerSettings transformer,
        HeadConfig head,
        List<HeadTasks> heads,
        @Nullable String headReduction) {
    /** @throws ConfigException when a part is null, or the body can't be trained on the task */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public ModelConfig {
        if (input == null || masking == null || transformer == null || head == null) {
            throw new ConfigException("model: input " + input + ", masking " + masking + ", transformer " + transformer
                    + ", head " + head + " (expected: none of them null)");
        }
        heads = heads == null ? List.of() : List.copyOf(heads);
        TaskHeads.check(heads, headReduction);
        TransformerRegistry.checkTask(transformer.type(), masking.label());
        generator(masking, transformer); // refuses what can't be built
    }

    /** The body that draws replaced items, where the task has one of its own; else null. */
    @Nullable
    TransformerSettings generator() {
        return generator(masking, transformer);
    }

    private static @Nullable TransformerSettings generator(Masking masking, TransformerSettings transformer) {
        if (!(masking instanceof ReplacedItemMasking replaced) || replaced.generator() == null) {
            return null;
        }
        ReplacedItemMasking.GeneratorSize size = replaced.generator();
        try {
            return transformer.withSizes(size.dModel(), size.nHead(), size.nLayer());
        } catch (ConfigException e) {
            throw new ConfigException("masking.generator: " + e.getMessage(), e);
        }
    }

    /** The same with another body. */
    ModelConfig withTransformer(TransformerSettings other) {
        return new ModelConfig(input, masking, other, head, heads, headReduction);
    }

    /** A model of the next item alone. */
    public ModelConfig(InputConfig input, Masking masking, TransformerSettings transformer, HeadConfig head) {
        this(input, masking, transformer, head, List.of(), null);
    }

    /** The same with other heads. */
    public ModelConfig withHeads(HeadTasks... others) {
        return new ModelConfig(input, masking, transformer, head, List.of(others), headReduction);
    }

    /** Whether the next item is among the tasks. */
    public boolean predictsNextItem() {
        return TaskHeads.predictsNextItem(heads);
    }

    /**
     * What does best on short shop sessions out of the box: GPT-2 on item embeddings alone, one head, narrow feed-forward part,
     * as SASRec (Kang and McAuley 2018). Sequences with further columns need another input, such as {@code
     * withInput(InputConfig.defaults())}, which projects them to the body's width.
     */
    public static ModelConfig defaults() {
        TransformerSettings body = new TransformerSettings("gpt2", 64, 1, 2, 20, "relu", 0.02, 1e-5, 0.2, 64);
        return new ModelConfig(InputConfig.itemsOnly(), new CausalMasking(false), body, HeadConfig.defaults());
    }

    /**
     * The same with the items where a column of ids has them.
     *
     * @throws ConfigException when {@link HeadConfig#firstItem} says another place
     */
    ModelConfig withItemsOf(ColumnSchema item) {
        long first = Vocabulary.firstId(item);
        if (first == Vocabulary.FIRST || first == head.firstItem()) {
            return this;
        }
        if (head.firstItem() != Vocabulary.FIRST) {
            throw new ConfigException("head.firstItem: " + head.firstItem() + " (expected: " + first
                    + ", the first id of " + item.name() + ", or none)");
        }
        return new ModelConfig(input, masking, transformer, head.withFirstItem(first), heads, headReduction);
    }

    /** The same with another input. */
    public ModelConfig withInput(InputConfig other) {
        return new ModelConfig(other, masking, transformer, head, heads, headReduction);
    }
}

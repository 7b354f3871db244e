package io.t4rec.model;

import io.t4rec.model.input.PostContext;
import io.t4rec.model.input.SequenceInput;
import io.t4rec.model.masking.MaskedSequences;
import io.t4rec.nn.Parameter;
import io.t4rec.nn.Pass;
import io.t4rec.nn.transformer.AttentionPattern;
import io.t4rec.nn.transformer.BodyInput;
import io.t4rec.nn.transformer.TransformerBody;
import io.t4rec.tensor.DataType;
import io.t4rec.tensor.Device;
import io.t4rec.tensor.Tensor;
import io.t4rec.tensor.Tensors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From masked events to hidden states: embeds, puts the mask vector where masking wants it, and runs the body. Its parts are modules of
 * the {@link SessionModel}.
 *
 * @param maskEmbedding vector of a masked event, {@code [inputWidth]}
 * @param postContext joined with what the body gives; null for none
 * @param times when the events happened; null where the sequences don't say
 */
record SequenceEncoder(
        SequenceInput input,
        Parameter maskEmbedding,
        TransformerBody body,
        @Nullable PostContext postContext,
        @Nullable EventTimes times) {
    /** What the body gives, joined with its context where there is one: {@code [rows, outputs, hiddenWidth]}. */
    Tensor encode(BatchRows rows, Pass pass) {
        BodyInput in = bodyInput(rows, pass);
        Tensor hidden =
                pass.inPrecision(in.embeddings(), x -> body.forward(in, pass)).to(DataType.FLOAT32);
        return postContext == null
                ? hidden
                : postContext.forward(hidden, rows.events(), rows.masked(), rows.from(), rows.to(), pass);
    }

    /** What the body computes on: embeddings with the mask vector where masking puts it. */
    BodyInput bodyInput(BatchRows rows, Pass pass) {
        MaskedSequences masked = rows.masked();
        Device device = maskEmbedding.value().device();
        Tensor x = input.forward(rows.events(), masked, rows.from(), rows.to(), pass, device); // (B, L, D)
        if (masked.hasReplacements()) {
            x = maskEmbedding.value().where(replaced(rows).to(device), x);
        }
        AttentionPattern pattern = switch (masked.pattern()) {
            case CAUSAL -> AttentionPattern.CAUSAL;
            case BIDIRECTIONAL -> AttentionPattern.BIDIRECTIONAL;
            case PERMUTATION -> PermutationPattern.of(masked, rows.from(), rows.to(), device);
        };
        Tensor padding = paddingMask(rows);
        Tensor seconds = times == null
                ? null
                : times.seconds(rows.whole(), rows.from(), rows.to()).to(device);
        return new BodyInput(x, padding == null ? null : padding.to(device), pattern, seconds);
    }

    /** Where the mask vector stands in place of an event, {@code [rows, L, 1]}. */
    private static Tensor replaced(BatchRows rows) {
        MaskedSequences masked = rows.masked();
        int length = rows.columns();
        boolean[] replaced = new boolean[rows.count() * length];
        for (int row = 0; row < rows.count(); row++) {
            System.arraycopy(masked.replaced(), (rows.from() + row) * masked.length(), replaced, row * length, length);
        }
        return Tensors.of(replaced, rows.count(), length).unsqueeze(-1);
    }

    /** Where events are, {@code [rows, L]}; null where they are everywhere. */
    private static @Nullable Tensor paddingMask(BatchRows rows) {
        int length = rows.columns();
        boolean[] real = new boolean[rows.count() * length];
        boolean padded = false;
        for (int row = 0; row < rows.count(); row++) {
            // a row without a real position would attend to nothing at all
            int count = Math.max(1, rows.masked().lengths()[rows.from() + row]);
            padded |= count < length;
            Arrays.fill(real, row * length, row * length + count, true);
        }
        return padded ? Tensors.of(real, rows.count(), length) : null;
    }
}

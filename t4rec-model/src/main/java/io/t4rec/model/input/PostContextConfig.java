package io.t4rec.model.input;

import io.t4rec.schema.ConfigException;
import io.t4rec.schema.io.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Features that don't go into the body but are joined with what comes out of it: Transformers4Rec's {@code PostContextFusion}, after the
 * latent cross of Beutel et al. 2018.
 *
 * @param columns of the session or of the events, not the item; the input then does without them
 * @param fusion {@code elementwise-mul}, the default: hidden state times 1 + context; {@code elementwise-sum}; or {@code concat}
 */
public record PostContextConfig(
        List<String> columns, @Nullable String fusion) {
    /** @throws ConfigException without column and for an unknown fusion */
    @SuppressWarnings("ConstantValue") // a key that a file lacks gives null
    public PostContextConfig {
        if (columns == null || columns.isEmpty()) {
            throw new ConfigException("postContext.columns: " + columns + " (expected: at least one)");
        }
        columns = List.copyOf(columns);
        fusion = fusion == null ? Fusion.ELEMENTWISE_MUL.label() : fusion;
        Fusion.of(fusion);
    }

    Fusion kind() {
        return Fusion.of(String.valueOf(fusion));
    }

    /** How a hidden state and its context are joined. */
    enum Fusion {
        ELEMENTWISE_MUL,
        ELEMENTWISE_SUM,
        CONCAT;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Fusion of(String name) {
            List<String> known = Arrays.stream(values()).map(Fusion::label).toList();
            int place = known.indexOf(name);
            if (place < 0) {
                throw new ConfigException(
                        "postContext.fusion: " + name + " (expected: " + Names.expectation(name, known) + ")");
            }
            return values()[place];
        }
    }
}

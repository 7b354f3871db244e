package io.t4rec.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.schema.ConfigException;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Arguments that stand beside a directory whose {@code config.json} says all of the body. One that is at its default, that of the
 * original or that of an experiment, was not given; another has to say the same.
 */
final class PretrainedArguments {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** To this length sequences are cut, whatever the directory says. */
    private static final Set<String> OWN = Set.of("totalSeqLength");

    private final String type;
    private final ObjectNode given;
    private final ObjectNode usual;

    private PretrainedArguments(String type, BuildArguments given) {
        this.type = type;
        this.given = JSON.valueToTree(given);
        this.usual = JSON.valueToTree(BuildArguments.of(64, 4, 2, given.totalSeqLength()));
    }

    /** @throws ConfigException for an argument that says something else than the architecture that was read */
    static void check(String type, BuildArguments given, TransformerConfig read) {
        PretrainedArguments arguments = new PretrainedArguments(type, given);
        ObjectNode experiment =
                JSON.valueToTree(ModelConfig.defaults().transformer().arguments());
        Map<String, Object> keys = HuggingFaceDirectory.keys(read);
        for (Iterator<String> names = arguments.given.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            JsonNode value = arguments.given.get(name);
            if (!OWN.contains(name)
                    && !value.equals(arguments.usual.get(name))
                    && !value.equals(experiment.get(name))) {
                arguments.check(name, keys);
            }
        }
    }

    /** An argument decides one key or several, as the width decides that of the feed-forward part: one of them must fit. */
    private void check(String name, Map<String, Object> read) {
        Map<String, Object> with = keys(given, name, given);
        Map<String, Object> without = keys(given, name, usual);
        if (with == null || without == null) { // sizes that fit together only as they are given
            with = keys(usual, name, given);
            without = keys(usual, name, usual);
        }
        if (with == null || without == null) {
            return;
        }
        Set<String> decided = new TreeSet<>();
        for (String key : with.keySet()) {
            if (read.containsKey(key) && !Objects.equals(with.get(key), without.get(key))) {
                decided.add(key);
                if (Objects.equals(with.get(key), read.get(key))) {
                    return;
                }
            }
        }
        if (!decided.isEmpty()) {
            StringBuilder said = new StringBuilder();
            decided.forEach(key -> said.append(said.isEmpty() ? "" : ", ").append(key + " " + read.get(key)));
            throw new ConfigException(
                    "transformer." + name + ": " + given.get(name).asText()
                            + " (expected: what config.json of pretrained says, " + said + "; leave the argument out)");
        }
    }

    /** What arguments build, one of them being that of others; null where they don't fit together. */
    private @Nullable Map<String, Object> keys(ObjectNode arguments, String name, ObjectNode others) {
        try {
            ObjectNode changed = arguments.deepCopy();
            changed.set(name, others.get(name));
            BuildArguments built = JSON.convertValue(changed, BuildArguments.class);
            return HuggingFaceDirectory.keys(TransformerRegistry.build(type, built, Map.of()));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}

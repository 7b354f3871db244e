package io.t4rec.model;

import io.t4rec.model.masking.Masking;
import io.t4rec.nn.layer.RecurrentLayer;
import io.t4rec.nn.transformer.AlbertConfig;
import io.t4rec.nn.transformer.BertConfig;
import io.t4rec.nn.transformer.BuildArguments;
import io.t4rec.nn.transformer.ConvBertConfig;
import io.t4rec.nn.transformer.DebertaConfig;
import io.t4rec.nn.transformer.DebertaV2Config;
import io.t4rec.nn.transformer.DistilBertConfig;
import io.t4rec.nn.transformer.ESasRecConfig;
import io.t4rec.nn.transformer.ElectraConfig;
import io.t4rec.nn.transformer.FunnelConfig;
import io.t4rec.nn.transformer.Gpt2Config;
import io.t4rec.nn.transformer.Gru4RecConfig;
import io.t4rec.nn.transformer.HstuConfig;
import io.t4rec.nn.transformer.LongformerConfig;
import io.t4rec.nn.transformer.MegatronBertConfig;
import io.t4rec.nn.transformer.MpNetConfig;
import io.t4rec.nn.transformer.RecurrentConfig;
import io.t4rec.nn.transformer.ReformerConfig;
import io.t4rec.nn.transformer.RoFormerConfig;
import io.t4rec.nn.transformer.RobertaConfig;
import io.t4rec.nn.transformer.SasRecConfig;
import io.t4rec.nn.transformer.TransfoXlConfig;
import io.t4rec.nn.transformer.TransformerConfig;
import io.t4rec.nn.transformer.XlNetConfig;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.config.ConfigFiles;
import io.t4rec.schema.io.Names;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Bodies by name, each with the tasks it may be trained on. Register your own before models are built; safe for many threads.
 */
public final class TransformerRegistry {
    /** A body; its own options come as plain values, by name. */
    private record Entry(BiFunction<BuildArguments, Map<String, ?>, TransformerConfig> builder, Set<String> tasks) {}

    private static final Map<String, Entry> ENTRIES = new ConcurrentSkipListMap<>();
    private static final Map<String, String> ALIASES = new ConcurrentSkipListMap<>();

    static {
        register("gpt2", Gpt2Config::build, Set.of("clm"));
        register("bert", BertConfig::build, BertConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("albert", AlbertConfig::build, AlbertConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("electra", ElectraConfig::build, ElectraConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("distilbert", DistilBertConfig::build, DistilBertConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register(
                "megatron-bert",
                MegatronBertConfig::build,
                MegatronBertConfig.Options.defaults(),
                Set.of("mlm", "rtd"));
        register("mpnet", MpNetConfig::build, MpNetConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("roberta", RobertaConfig::build, RobertaConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("roformer", RoFormerConfig::build, RoFormerConfig.Options.defaults(), Set.of("clm", "mlm", "rtd"));
        register("convbert", ConvBertConfig::build, ConvBertConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("deberta", DebertaConfig::build, DebertaConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("deberta-v2", DebertaV2Config::build, DebertaV2Config.Options.defaults(), Set.of("mlm", "rtd"));
        register("xlnet", XlNetConfig::build, Set.of("clm", "mlm", "plm", "rtd"));
        register(
                "longformer",
                LongformerConfig::build,
                LongformerConfig.Options.defaults(),
                Set.of("clm", "mlm", "rtd"));
        register("reformer", ReformerConfig::build, ReformerConfig.Options.defaults(), Set.of("clm", "mlm"));
        register("funnel", FunnelConfig::build, FunnelConfig.Options.defaults(), Set.of("mlm", "rtd"));
        register("transfo-xl", TransfoXlConfig::build, TransfoXlConfig.Options.defaults(), Set.of("clm"));
        register("gru", a -> recurrent(RecurrentLayer.Cell.GRU, a), Set.of("clm"));
        register("lstm", a -> recurrent(RecurrentLayer.Cell.LSTM, a), Set.of("clm"));
        register("esasrec", ESasRecConfig::build, ESasRecConfig.Options.defaults(), Set.of("clm"));
        register("gru4rec", Gru4RecConfig::build, Gru4RecConfig.Options.defaults(), Set.of("clm"));
        register("hstu", HstuConfig::build, HstuConfig.Options.defaults(), Set.of("clm"));
        register("sasrec", SasRecConfig::build, SasRecConfig.Options.defaults(), Set.of("clm"));
    }

    static {
        alias("deberta-v1", "deberta");
        alias("deberta_v2", "deberta-v2");
        alias("megatron_bert", "megatron-bert");
        alias("megatronbert", "megatron-bert");
        alias("transfo_xl", "transfo-xl");
        alias("transfoxl", "transfo-xl");
    }

    private TransformerRegistry() {}

    private static TransformerConfig recurrent(RecurrentLayer.Cell cell, BuildArguments a) {
        return new RecurrentConfig(cell, a.dModel(), a.nLayer(), a.dropout());
    }

    /**
     * Adds a body that has no options of its own.
     *
     * @param tasks labels of the masking tasks it may be trained on: some of {@link Masking#LABELS}
     * @throws ConfigException when the name is taken or a label unknown
     */
    public static void register(String name, Function<BuildArguments, TransformerConfig> builder, Set<String> tasks) {
        add(name, tasks, (arguments, options) -> {
            if (!options.isEmpty()) {
                throw new ConfigException(
                        "options: " + options.keySet() + " (expected: none, " + name + " has no own)");
            }
            return builder.apply(arguments);
        });
    }

    /**
     * Adds a body with options of its own.
     *
     * @param defaults a record of plain values; what settings say is laid over it
     * @param tasks labels of the masking tasks it may be trained on: some of {@link Masking#LABELS}
     * @throws ConfigException when the name is taken or a label unknown
     */
    public static <O extends Record> void register(
            String name, BiFunction<BuildArguments, O, TransformerConfig> builder, O defaults, Set<String> tasks) {
        add(
                name,
                tasks,
                (arguments, options) -> builder.apply(arguments, ConfigFiles.over(defaults, options, "options")));
    }

    private static void add(
            String name, Set<String> tasks, BiFunction<BuildArguments, Map<String, ?>, TransformerConfig> builder) {
        for (String task : tasks) {
            if (!Masking.LABELS.contains(task)) {
                throw new ConfigException("masking task: " + task + " for " + name + " (expected: "
                        + Names.expectation(task, Masking.LABELS) + ")");
            }
        }
        if (ENTRIES.putIfAbsent(name, new Entry(builder, Set.copyOf(tasks))) != null) {
            throw new ConfigException("transformer: " + name + " (expected: a name not registered before)");
        }
    }

    /**
     * Adds another name of a body. Settings show the body's own.
     *
     * @throws ConfigException when the alias is taken or the body unknown
     */
    public static void alias(String alias, String name) {
        entry(name);
        if (ENTRIES.containsKey(alias) || ALIASES.putIfAbsent(alias, name) != null) {
            throw new ConfigException("alias: " + alias + " (expected: a name not registered before)");
        }
    }

    /** The body's own name, which an alias stands for. */
    static String own(String name) {
        return ALIASES.getOrDefault(name, name);
    }

    /** All names in alphabetical order, without aliases. */
    public static List<String> names() {
        return List.copyOf(ENTRIES.keySet());
    }

    /** Which tasks each body may be trained on. */
    public static Map<String, Set<String>> tasks() {
        Map<String, Set<String>> tasks = new TreeMap<>();
        ENTRIES.forEach((name, entry) -> tasks.put(name, entry.tasks));
        return tasks;
    }

    /**
     * A configuration of the body of this name.
     *
     * @param options of its own, by name
     * @throws ConfigException for an unknown name or option, suggesting the nearest, and for an option's value out of range
     * @throws IllegalArgumentException for arguments that the architecture refuses
     */
    public static TransformerConfig build(String name, BuildArguments arguments, Map<String, ?> options) {
        return entry(name).builder.apply(arguments, options);
    }

    static void checkTask(String name, String task) {
        Set<String> allowed = entry(name).tasks;
        if (!allowed.contains(task)) {
            throw new ConfigException("masking task: " + task + " on " + name + " (expected: one of "
                    + allowed.stream().sorted().toList() + ")");
        }
    }

    private static Entry entry(String name) {
        Entry entry = ENTRIES.get(own(name));
        if (entry == null) {
            throw new ConfigException(
                    "transformer type: " + name + " (expected: " + Names.expectation(name, names()) + ")");
        }
        return entry;
    }
}

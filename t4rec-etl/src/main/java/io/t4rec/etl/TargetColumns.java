package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.DType;
import io.t4rec.schema.Schema;
import io.t4rec.schema.Tag;
import io.t4rec.schema.io.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds columns that are to be predicted to a workflow that groups events: as they are, with tags, text and classes as ids. */
final class TargetColumns {
    private static final String CLASSES = "multi-class-classification";
    private static final Map<String, Tag> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("binary-classification", Tag.BINARY_CLASSIFICATION);
        KINDS.put("regression", Tag.REGRESSION);
        KINDS.put(CLASSES, Tag.MULTI_CLASS_CLASSIFICATION);
    }

    private TargetColumns() {}

    /** See {@link WorkflowConfig#withTargets}. */
    static WorkflowConfig add(
            WorkflowConfig config, Schema events, Map<String, String> ofEvents, Map<String, String> ofSessions) {
        Map<String, String> kinds = new LinkedHashMap<>(ofEvents);
        ofSessions.forEach((column, kind) -> {
            if (kinds.putIfAbsent(column, kind) != null) {
                throw new ConfigException(
                        "target " + column + ": of events and of sessions (expected: one of the two)");
            }
        });
        List<Operator> operators = new ArrayList<>();
        for (Operator operator : config.operators()) {
            if (operator instanceof Groupby groupby) {
                kinds.forEach((column, kind) -> operators.addAll(before(events, groupby, column, kind)));
                Map<String, List<String>> lists = new LinkedHashMap<>(groupby.aggregations());
                ofEvents.keySet().forEach(column -> lists.put(column, List.of("list")));
                ofSessions.keySet().forEach(column -> lists.put(column, List.of("last")));
                operators.add(new Groupby(lists, groupby.by(), groupby.sort(), groupby.descending()));
            } else {
                operators.add(operator);
            }
        }
        return new WorkflowConfig(config.session(), config.item(), config.time(), operators);
    }

    private static List<Operator> before(Schema events, Groupby groupby, String name, String kind) {
        Tag tag = KINDS.get(kind);
        if (tag == null) {
            throw new ConfigException(
                    "target " + name + ": " + kind + " (expected: " + Names.expectation(kind, KINDS.keySet()) + ")");
        }
        ColumnSchema column = events.find(name);
        if (column == null) {
            throw new ConfigException(
                    "target " + name + ": absent (expected: " + Names.expectation(name, events.names()) + ")");
        }
        if (groupby.aggregations().containsKey(name)) {
            throw new ConfigException("target " + name + ": also a feature (expected: one of the two; a target must not"
                    + " tell itself)");
        }
        boolean text = column.dtype() == DType.STRING;
        if (text && !kind.equals(CLASSES)) {
            throw new ConfigException(
                    "target " + name + ": text for " + kind + " (expected: numbers, or " + CLASSES + ")");
        }
        List<Operator> operators = new ArrayList<>();
        if (kind.equals(CLASSES) && (text || column.intDomain() == null)) {
            operators.add(new Categorify(List.of(name), 0, 0, false));
        }
        operators.add(new AddTags(List.of(name), List.of(Tag.TARGET.name(), tag.name())));
        return operators;
    }
}

package io.t4rec.etl;

import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.ConfigException;
import io.t4rec.schema.Tag;
import java.util.List;

/**
 * Drops categories that tell too little: columns tagged categorical whose largest id is below a bound. Columns without known ids, and
 * those that tell sessions, items and their order, stay.
 *
 * @param minCardinality smallest largest id that stays; default 4
 */
public record DropLowCardinality(long minCardinality) implements Operator {
    private static final long DEFAULT = 4;

    /** @throws ConfigException for a negative bound */
    public DropLowCardinality {
        minCardinality = minCardinality == 0 ? DEFAULT : minCardinality;
        if (minCardinality < 1) {
            throw new ConfigException("drop-low-cardinality: minCardinality " + minCardinality + " (expected: >= 1)");
        }
    }

    @Override
    public Built build(Input input, FittedState state) {
        List<String> kept = input.schema().columns().stream()
                .filter(column -> !tooFew(column) || isRole(input, column))
                .map(ColumnSchema::name)
                .toList();
        return kept.size() == input.schema().size()
                ? new Built(List.of(), input.schema())
                : Select.keeping(input.schema(), kept);
    }

    private boolean tooFew(ColumnSchema column) {
        return column.tags().contains(Tag.CATEGORICAL)
                && column.intDomain() != null
                && column.intDomain().max() < minCardinality;
    }

    private static boolean isRole(Input input, ColumnSchema column) {
        return input.session().contains(column.name())
                || column.name().equals(input.workflow().time())
                || column.name().equals(input.workflow().item());
    }
}

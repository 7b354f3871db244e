package io.t4rec.etl;

import io.t4rec.schema.ConfigException;
import java.util.List;

/**
 * Remembers a summary of columns as they are at this point of the data the workflow is fitted on; the values stay. {@link
 * Workflow#dataStatistics} gives it. Of lists, the elements count one by one.
 */
public record DataStats(List<String> columns) implements Operator {
    /** Key of the statistics. */
    static final String PURPOSE = "data-stats";

    /** @throws ConfigException without column */
    public DataStats {
        columns = Operators.given(PURPOSE, columns);
    }

    @Override
    public boolean needsData() {
        return true;
    }

    @Override
    public List<Statistic> statistics(Input input) {
        return input.select(PURPOSE, columns).stream()
                .<Statistic>map(column -> new Statistic.Summary(input.key(column, PURPOSE), column))
                .toList();
    }

    @Override
    public Built build(Input input, FittedState state) {
        input.select(PURPOSE, columns);
        return new Built(List.of(), input.schema());
    }
}

package io.t4rec.etl;

import io.t4rec.data.DataFiles;
import io.t4rec.data.DataSource;
import io.t4rec.data.DatabaseSettings;
import io.t4rec.data.OutputLayout;
import io.t4rec.data.SchemaFiles;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Workflows on DuckDB in this process; each call opens a database of its own and closes it.
 *
 * @param settings of these databases
 */
record DuckDbWorkflows(DatabaseSettings settings) implements WorkflowEngine {
    @Override
    public Workflow fit(WorkflowConfig config, DataSource events, Schema schema) {
        EventRelation.requireColumns(config, schema);
        try (DuckDbEngine engine = new DuckDbEngine(config, events, schema, settings)) {
            return Workflow.fit(config, schema, engine);
        }
    }

    @Override
    public Extension extend(Workflow workflow, DataSource events) {
        try (DuckDbEngine engine = new DuckDbEngine(workflow.config(), events, workflow.fittedSchema(), settings)) {
            return workflow.extend(engine);
        }
    }

    @Override
    public long transform(Workflow workflow, DataSource events, Path target, OutputLayout layout) throws IOException {
        return transform(workflow, events, target, layout, Step.Place.DATA_SET);
    }

    @Override
    public long transformTraining(Workflow workflow, DataSource events, Path target, OutputLayout layout)
            throws IOException {
        return transform(workflow, events, target, layout, Step.Place.TRAINING_DATA);
    }

    private long transform(Workflow workflow, DataSource events, Path target, OutputLayout layout, Step.Place place)
            throws IOException {
        layout.check(workflow.outputSchema());
        DataFiles.requireApart(events, target);
        try (DuckDbEngine engine = new DuckDbEngine(workflow.config(), events, workflow.inputSchema(), settings)) {
            workflow.run(engine, place);
            long rows = engine.write(target, workflow.outputSchema(), layout);
            if (!layout.isFolder()) {
                SchemaFiles.write(workflow.outputSchema(), target, events);
            }
            return rows;
        }
    }

    @Override
    public void close() {
        // each call closes what it opens
    }
}

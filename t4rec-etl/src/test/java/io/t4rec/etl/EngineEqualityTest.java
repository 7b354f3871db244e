package io.t4rec.etl;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The embedded engine and the request engine give the same table. */
@Execution(ExecutionMode.CONCURRENT)
class EngineEqualityTest extends EngineContract {
    @Override
    protected WorkflowEngine engine() {
        return WorkflowEngine.duckDb();
    }

    @Override
    protected boolean isEmbedded() {
        return true;
    }
}

package io.t4rec.etl;

/** The embedded engine and the request engine give the same table. */
class EngineEqualityTest extends EngineContract {
    @Override
    protected WorkflowEngine engine() {
        return WorkflowEngine.duckDb("");
    }
}

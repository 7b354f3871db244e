package io.t4rec.etl;

/** The embedded engine lays files out as the contract says. */
class LayoutTest extends LayoutContract {
    private final WorkflowEngine engine = WorkflowEngine.duckDb();

    @Override
    protected WorkflowEngine engine() {
        return engine;
    }
}

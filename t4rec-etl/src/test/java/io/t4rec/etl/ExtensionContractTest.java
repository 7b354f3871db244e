package io.t4rec.etl;

/** The embedded engine fits workflows further as the contract says. */
class ExtensionContractTest extends ExtensionContract {
    @Override
    protected WorkflowEngine engine() {
        return WorkflowEngine.duckDb();
    }
}

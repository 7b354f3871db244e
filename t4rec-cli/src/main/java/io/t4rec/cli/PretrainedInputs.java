package io.t4rec.cli;

import io.t4rec.etl.Workflow;
import io.t4rec.model.SessionModel;
import io.t4rec.model.input.PretrainedMatrices;
import io.t4rec.schema.Schema;

/** Makes the fresh model of an experiment, with the vectors of the files that its settings name. */
final class PretrainedInputs {
    private PretrainedInputs() {}

    static SessionModel model(Experiment experiment, Workflow workflow) {
        Schema schema = workflow.outputSchema();
        try (PretrainedMatrices matrices =
                PretrainedMatrices.open(experiment.model().input(), schema, workflow)) {
            return SessionModel.create(
                    experiment.model(), schema, experiment.training().seed(), matrices);
        }
    }
}

package io.t4rec.etl;

import java.io.IOException;
import java.nio.file.Path;

/** Saved workflows whose tables stay in their files, however small. */
public final class StoredWorkflows {
    private StoredWorkflows() {}

    /** Loads a workflow of which nothing is read. */
    public static Workflow load(Path directory) throws IOException {
        return Workflow.load(directory, 0);
    }
}

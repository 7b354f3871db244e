package io.t4rec.spark;

import io.t4rec.data.OngoingWork;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** Shows how many tasks of the running stages are done. */
final class SparkStages {
    private SparkStages() {}

    static OngoingWork.Shown show(SparkSession session) {
        SparkStatusTracker tracker = session.sparkContext().statusTracker();
        return OngoingWork.show(() -> position(tracker));
    }

    private static OngoingWork.@Nullable Position position(SparkStatusTracker tracker) {
        int latest = 0;
        int tasks = 0;
        int done = 0;
        for (int id : tracker.getActiveStageIds()) {
            Option<SparkStageInfo> stage = tracker.getStageInfo(id);
            if (stage.isDefined()) {
                latest = Math.max(latest, id);
                tasks += stage.get().numTasks();
                done += stage.get().numCompletedTasks();
            }
        }
        return tasks == 0 ? null : new OngoingWork.Position(latest, (double) done / tasks, 0);
    }
}

package io.t4rec.spark;

import org.apache.spark.sql.SparkSession;

/** The cluster of all tests: two cores of this machine; nothing listens but on loopback. */
final class LocalSpark {
    private static final SparkSession SESSION = SparkSession.builder()
            .master("local[2]")
            .appName("t4rec-spark tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.default.parallelism", "2")
            .getOrCreate();

    private LocalSpark() {}

    /** As users have it. */
    static SparkSession session() {
        return SESSION;
    }

    /** For many small jobs: expressions are interpreted instead of compiled, plans aren't changed while they run. */
    static SparkSession small() {
        SparkSession small = SESSION.newSession();
        small.conf().set("spark.sql.codegen.wholeStage", "false");
        small.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
        small.conf().set("spark.sql.adaptive.enabled", "false");
        small.conf().set("spark.sql.shuffle.partitions", "2");
        small.conf().set("spark.sql.maxPlanStringLength", "0"); // nobody reads plans
        small.conf().set("spark.sql.constraintPropagation.enabled", "false");
        small.conf().set("spark.sql.subexpressionElimination.enabled", "false");
        return small;
    }
}

package io.t4rec.spark;

import java.util.Map;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/** Sessions on the same cluster: names and settings of the one don't show in the other. */
final class SparkSessions {
    /** What decides results; all else is taken from the user's session. */
    private static final Map<String, String> DECIDING = Map.of(
            "spark.sql.ansi.enabled", "true",
            "spark.sql.caseSensitive", "false",
            "spark.sql.parser.escapedStringLiterals", "false",
            "spark.sql.ansi.doubleQuotedIdentifiers", "false",
            "spark.sql.session.timeZone", "UTC",
            "spark.sql.files.ignoreCorruptFiles", "false",
            "spark.sql.files.ignoreMissingFiles", "false",
            "spark.sql.parquet.mergeSchema", "false");

    private SparkSessions() {}

    /** A session beside the given one. */
    static SparkSession own(SparkSession session) {
        SparkSession own = session.newSession();
        CollectionConverters.asJava(session.conf().getAll()).forEach((key, value) -> {
            if (own.conf().isModifiable(key)) {
                own.conf().set(key, value);
            }
        });
        DECIDING.forEach((key, value) -> {
            if (!own.conf().get(key).equals(value)) { // Spark warns of some that are set
                own.conf().set(key, value);
            }
        });
        return own;
    }

    /** A DataFrame of one session for another. */
    static Dataset<Row> lent(Dataset<Row> rows, SparkSession to) {
        String name = "t4rec_" + UUID.randomUUID().toString().replace('-', '_');
        try {
            rows.createGlobalTempView(name);
            return to.table("global_temp." + name);
        } catch (Exception e) { // Spark declares a checked one: the name is taken
            throw new IllegalStateException("view: " + name + " (expected: a name that is free)", e);
        } finally {
            rows.sparkSession().catalog().dropGlobalTempView(name);
        }
    }
}

package io.t4rec.spark;

import io.t4rec.data.SyntheticShop;
import io.t4rec.etl.Workflow;
import io.t4rec.etl.WorkflowConfig;
import io.t4rec.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How long the usual session workflow takes on local Spark, beside Spark SQL written by hand for the same result: ids of item and category by
 * falling frequency, price normalised, sessions of the newest 20 events in order of their last event. A program, not a test.
 */
final class SpeedQuestion {
    private SpeedQuestion() {}

    /** @param arguments number of sessions, then how often to measure */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("shop");
        new SyntheticShop(Integer.parseInt(arguments[0]), 40_000, 1, 1).write(folder);
        String events = folder.resolve("events.parquet").toUri().toString();
        Schema schema = Schema.read(folder.resolve("schema.pbtxt"));
        WorkflowConfig config = WorkflowConfig.sessions(schema, List.of("category", "price"), 20, false);
        SparkSession session = LocalSpark.session();
        System.out.println(session.read().parquet(events).count() + " events");
        for (int run = 0; run < Integer.parseInt(arguments[1]); run++) {
            Path by = Files.createTempDirectory(folder, "run");
            long start = System.nanoTime();
            SparkEngine engine = SparkEngine.on(session, SparkSettings.defaults());
            Workflow workflow = engine.fit(config, events, schema);
            engine.write(workflow, events, by.resolve("engine").toUri().toString());
            long middle = System.nanoTime();
            byHand(session, events, by.resolve("hand").toUri().toString());
            double hand = (System.nanoTime() - middle) / 1e9;
            double own = (middle - start) / 1e9;
            System.out.printf(Locale.ROOT, "workflow %.2f s, by hand %.2f s, ratio %.2f%n", own, hand, own / hand);
            Dataset<Row> a = rounded(session, by.resolve("engine"));
            Dataset<Row> b = rounded(session, by.resolve("hand"));
            System.out.println("rows that differ: "
                    + (a.exceptAll(b).count() + b.exceptAll(a).count()));
        }
    }

    private static Dataset<Row> rounded(SparkSession session, Path folder) {
        return session.read()
                .parquet(folder.toUri().toString())
                .selectExpr("session_id", "item_id", "category", "transform(price, p -> round(p, 9)) as price");
    }

    private static void byHand(SparkSession session, String events, String target) {
        session.read()
                .parquet(events)
                .selectExpr("*", "_metadata.row_index as place")
                .createOrReplaceTempView("events");
        for (String column : List.of("item_id", "category")) {
            List<Row> counted = session.sql("select " + column + ", count(*) as n from events where " + column
                            + " is not null group by " + column + " order by n desc, " + column)
                    .collectAsList();
            session.createDataFrame(
                            counted,
                            session.sql("select " + column + ", 1L as n from events")
                                    .schema())
                    .selectExpr(column + " as value", "row_number() over (order by n desc, " + column + ") + 2 as id")
                    .createOrReplaceTempView(column + "_ids");
        }
        Row price =
                session.sql("select avg(price), stddev_samp(price) from events").first();
        session.sql("select session_id, slice(l.item, greatest(size(l) - 19, 1), 20) as item_id, slice(l.category,"
                        + " greatest(size(l) - 19, 1), 20) as category, slice(l.price, greatest(size(l) - 19, 1), 20) as"
                        + " price from (select session_id, sort_array(collect_list(struct(e.time, e.place, cast(coalesce("
                        + "i.id, 1) as bigint) as item, cast(coalesce(c.id, 1) as bigint) as category, (coalesce(e.price, "
                        + price.getDouble(0) + ") - " + price.getDouble(0) + ") / " + price.getDouble(1)
                        + " as price))) as l, max(e.time) as last, min(e.place) as first from events e left join"
                        + " item_id_ids i on i.value = e.item_id left join category_ids c on c.value = e.category group by"
                        + " session_id having count(*) >= 2) order by last, first")
                .write()
                .option("compression", "zstd")
                .parquet(target);
    }
}

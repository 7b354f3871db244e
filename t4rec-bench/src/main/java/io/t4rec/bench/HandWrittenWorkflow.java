package io.t4rec.bench;

import io.t4rec.data.Database;
import io.t4rec.data.DatabaseSettings;
import java.nio.file.Path;

/**
 * What {@link ShopEvents#workflow()} does, as SQL written by hand for this one shop: ids by falling frequency, numbers normalised, sorted
 * once, cut into sessions of the newest 20 events in order of their last event.
 */
final class HandWrittenWorkflow {
    private HandWrittenWorkflow() {}

    static void run(Path events, Path target, DatabaseSettings settings) {
        String source = "read_parquet(" + Database.literal(events.toString()) + ", file_row_number = true)";
        try (Database database = Database.open(settings, 0)) {
            for (String column : ShopEvents.CATEGORIES) {
                database.execute(
                        "create temp table " + column + "_ids as select value, row_number() over (order by count"
                                + " desc, value) + 2 as id from (select " + column
                                + " as value, count(*) as count from " + source + " where " + column
                                + " is not null group by 1)");
            }
            database.execute("create temp table moments as select avg(price) as price_mean, stddev_samp(price) as"
                    + " price_deviation, avg(dwell) as dwell_mean, stddev_samp(dwell) as dwell_deviation from "
                    + source);
            database.execute("create temp table sorted as select e.session_id, e.\"time\", e.file_row_number as place,"
                    + " i.id as item_id, c.id as category, d.id as device,"
                    + " (e.price - m.price_mean) / m.price_deviation as price,"
                    + " (e.dwell - m.dwell_mean) / m.dwell_deviation as dwell from " + source
                    + " e left join item_id_ids i on i.value = e.item_id left join category_ids c on c.value = e.category"
                    + " left join device_ids d on d.value = e.device cross join moments m"
                    + " order by e.session_id, e.\"time\", e.file_row_number");
            database.execute("set threads = 1"); // keeps the order within lists
            database.execute("create temp table sessions as select session_id, list(item_id)[-20:] as item_id,"
                    + " list(category)[-20:] as category, list(device)[-20:] as device, list(price)[-20:] as price,"
                    + " list(dwell)[-20:] as dwell, last(\"time\") as last, min(place) as place from sorted"
                    + " group by session_id");
            database.execute("reset threads");
            database.writeParquet("select * exclude (last, place) from sessions order by last, place", target);
        }
    }
}

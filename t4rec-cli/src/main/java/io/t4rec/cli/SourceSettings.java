package io.t4rec.cli;

import io.t4rec.data.EventFormat;
import io.t4rec.schema.ConfigException;
import java.nio.file.Path;

/**
 * Where a recipe's events come from, as in {@code t4rec import}.
 *
 * @param folder of the files, relative to the folder given on the command line, else to the recipe; default that folder itself
 * @param format a name of {@link EventFormat}; default csv
 * @param session column of the session or user, for layouts that don't tell; default session_id
 * @param item column of the item, likewise; default item_id
 * @param time column of the time, likewise; default time
 * @param timeUnit what a number in that column counts; default SECONDS
 */
record SourceSettings(
        String folder, String format, String session, String item, String time, EventFormat.TimeUnit timeUnit) {
    /** @throws ConfigException for an unknown format, or one without sessions */
    SourceSettings {
        try {
            if (EventFormat.of(format) == EventFormat.CRITEO) {
                throw new ConfigException("format: criteo (expected: a layout with sessions)");
            }
        } catch (ConfigException e) {
            throw new ConfigException("source." + e.getMessage(), e);
        }
    }

    static SourceSettings defaults() {
        EventFormat.EventColumns columns = EventFormat.EventColumns.standard();
        return new SourceSettings(
                "", EventFormat.CSV.label(), columns.session(), columns.item(), columns.time(), columns.timeUnit());
    }

    EventFormat layout() {
        return EventFormat.of(format);
    }

    EventFormat.EventColumns columns() {
        return new EventFormat.EventColumns(session, item, time, timeUnit);
    }

    /** The same in another folder. */
    SourceSettings in(Path place) {
        return new SourceSettings(place.toAbsolutePath().normalize().toString(), format, session, item, time, timeUnit);
    }
}

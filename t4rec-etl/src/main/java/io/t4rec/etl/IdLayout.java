package io.t4rec.etl;

import io.t4rec.schema.ConfigException;

/**
 * Where the ids of a vocabulary lie: 0 pads, 1 to {@code start} are left free, then come null, the buckets of unknown values, and the
 * values.
 *
 * @param start number of ids left free behind the padding; default 0
 * @param buckets that unknown values are spread over by {@link StableHash}, at least 1; default 1
 */
public record IdLayout(long start, long buckets) {
    /** 0 pads, 1 is null, 2 is unknown, values from 3. */
    public static final IdLayout USUAL = new IdLayout(0, 1);

    /** @throws ConfigException for numbers out of range */
    public IdLayout {
        if (start < 0 || start > Integer.MAX_VALUE || buckets < 1 || buckets > Integer.MAX_VALUE) {
            throw new ConfigException("ids: start " + start + ", buckets " + buckets
                    + " (expected: start >= 0, buckets >= 1, both below 2^31)");
        }
    }

    /** The id of null. */
    public long nullId() {
        return start + 1;
    }

    /** The first id of unknown values. */
    public long unknown() {
        return start + 2;
    }

    /** The id of the first value. */
    public long first() {
        return start + 2 + buckets;
    }
}

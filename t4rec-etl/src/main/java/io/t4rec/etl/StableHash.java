package io.t4rec.etl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The hash behind hash buckets: the first 8 bytes of the MD5 of the value's text in UTF-8, as an unsigned integer of 64 bits, most
 * significant byte first. The text of an integer is its decimal form. It depends on nothing but the value, so ids are the same on
 * every engine, machine and release. In SQL:
 *
 * <ul>
 *   <li>DuckDB: {@code cast('0x' || substr(md5(text), 1, 16) as ubigint)}
 *   <li>Spark: {@code cast(conv(substr(md5(cast(text as binary)), 1, 16), 16, 10) as decimal(20, 0))}
 * </ul>
 *
 * <p>MD5 is here for its even spread and because every engine has it; it protects nothing.
 */
public final class StableHash {
    private StableHash() {}

    /** The hash of a text, to be read as unsigned: {@code "a"} gives 919145239626757800, or 0cc175b9c0f1b6a8. */
    public static long of(String text) {
        byte[] digest = digest().digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.fromHexDigitsToLong(HexFormat.of().formatHex(digest, 0, Long.BYTES));
    }

    /** The hash of an integer: that of its decimal form. */
    public static long of(long value) {
        return of(Long.toString(value));
    }

    /**
     * The bucket of a value: the unsigned remainder of its hash.
     *
     * @param value Long or String
     * @param buckets at least 1
     * @return 0 to {@code buckets - 1}
     */
    public static long bucket(Object value, long buckets) {
        return Long.remainderUnsigned(of(value.toString()), buckets);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("MD5: absent (expected: every Java has it)", e);
        }
    }
}

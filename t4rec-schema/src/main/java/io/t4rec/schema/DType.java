package io.t4rec.schema;

/** Element type of a column. */
public enum DType {
    INT8(8),
    INT16(16),
    INT32(32),
    INT64(64),
    FLOAT32(32),
    FLOAT64(64),
    BOOL(8),
    STRING(0);

    private final int bits;

    DType(int bits) {
        this.bits = bits;
    }

    /** Size of an element in bits; 0 for text. */
    public int bits() {
        return bits;
    }

    public boolean isInteger() {
        return ordinal() <= INT64.ordinal();
    }

    public boolean isFloating() {
        return this == FLOAT32 || this == FLOAT64;
    }
}

package io.t4rec.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element type of a {@link Tensor}. Names and sizes follow the safetensors format. */
public enum DataType {
    BOOL("BOOL", 1, ScalarType.Bool),
    UINT8("U8", 1, ScalarType.Byte),
    INT8("I8", 1, ScalarType.Char),
    INT16("I16", 2, ScalarType.Short),
    INT32("I32", 4, ScalarType.Int),
    INT64("I64", 8, ScalarType.Long),
    FLOAT16("F16", 2, ScalarType.Half),
    BFLOAT16("BF16", 2, ScalarType.BFloat16),
    FLOAT32("F32", 4, ScalarType.Float),
    FLOAT64("F64", 8, ScalarType.Double);

    private final String safetensorsName;
    private final int bytes;
    private final ScalarType scalarType;

    DataType(String safetensorsName, int bytes, ScalarType scalarType) {
        this.safetensorsName = safetensorsName;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether gradients can flow through tensors of this type. */
    public boolean isFloating() {
        return ordinal() >= FLOAT16.ordinal();
    }

    String safetensorsName() {
        return safetensorsName;
    }

    ScalarType scalarType() {
        return scalarType;
    }

    static DataType of(ScalarType type) {
        for (DataType dataType : values()) {
            if (dataType.scalarType.value == type.value) {
                return dataType;
            }
        }
        throw new IllegalStateException("dtype: " + type + " (expected: a type of DataType)");
    }
}

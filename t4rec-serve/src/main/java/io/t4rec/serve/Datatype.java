package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.t4rec.schema.ColumnSchema;
import io.t4rec.schema.DType;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/** Element types of the protocol; FP16 and BF16 are not among them, since they have no form in JSON. */
enum Datatype {
    BOOL(Kind.BOOL, 1),
    INT8(Kind.SIGNED, 8),
    INT16(Kind.SIGNED, 16),
    INT32(Kind.SIGNED, 32),
    INT64(Kind.SIGNED, 64),
    UINT8(Kind.UNSIGNED, 8),
    UINT16(Kind.UNSIGNED, 16),
    UINT32(Kind.UNSIGNED, 32),
    UINT64(Kind.UNSIGNED, 64),
    FP32(Kind.FLOATING, 32),
    FP64(Kind.FLOATING, 64),
    BYTES(Kind.TEXT, 0);

    private enum Kind {
        BOOL,
        SIGNED,
        UNSIGNED,
        FLOATING,
        TEXT
    }

    private static final List<String> NAMES =
            Arrays.stream(values()).map(Datatype::name).toList();

    private final Kind kind;
    private final int bits;

    Datatype(Kind kind, int bits) {
        this.kind = kind;
        this.bits = bits;
    }

    /** @param where names the tensor in messages */
    static Datatype read(JsonNode node, String where) {
        if (!node.isTextual() || !NAMES.contains(node.textValue())) {
            throw RequestException.bad(where + ": datatype " + (node.isMissingNode() ? "absent" : node)
                    + " (expected: one of " + NAMES + ")");
        }
        return valueOf(node.textValue());
    }

    /** What the metadata names for a column. */
    static Datatype of(ColumnSchema column) {
        return column.dtype() == DType.STRING
                ? BYTES
                : column.dtype() == DType.BOOL ? BOOL : column.dtype().isFloating() ? FP64 : INT64;
    }

    /** Whether a column can be sent so without loss: integers also as text, text also as integers, numbers also as integers. */
    boolean fits(ColumnSchema column) {
        return isInteger()
                || switch (of(column)) {
                    case BYTES, INT64 -> this == BYTES;
                    case FP64 -> kind == Kind.FLOATING;
                    default -> this == BOOL;
                };
    }

    boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
    }

    /** Whether a JSON value is of this type and in its range. */
    boolean holds(JsonNode value) {
        switch (kind) {
            case BOOL:
                return value.isBoolean();
            case TEXT:
                return value.isTextual();
            case FLOATING:
                return value.isNumber()
                        && (bits == 32 ? Float.isFinite(value.floatValue()) : Double.isFinite(value.doubleValue()));
            default:
                if (!value.isIntegralNumber()) {
                    return false;
                }
                BigInteger number = value.bigIntegerValue();
                return kind == Kind.SIGNED
                        ? number.bitLength() < bits
                        : number.signum() >= 0 && number.bitLength() <= bits;
        }
    }
}
